"""The words of an edition for each group and language: ours, until it writes its own."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import NotFound, Stale
from awards.messages import queries, services
from awards.messages.forms import ByVersion, SaveTemplate, parse_texts, typed_texts
from awards.messages.pages.frame import (
    TEXTS,
    AnyRequest,
    Language,
    Meaning,
    crumb,
    languages_of,
    meanings,
    texts_path,
)
from awards.messages.queries import TemplateRow
from awards.messages.rules import PLACEHOLDERS, Group, Text
from awards.messages.wording import HINTS, NAMES, ours
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class Cell(Struct, frozen=True):
    """`kind` is own, ours or none."""

    language: Language
    href: str
    kind: str


class Line(Struct, frozen=True):
    group: str
    hint: str
    cells: tuple[Cell, ...]


class TemplatesPage(Struct, frozen=True):
    title: str
    languages: tuple[Language, ...]
    lines: tuple[Line, ...]


class TemplatePage(Struct, frozen=True):
    title: str
    path: str
    language: Language
    text: Text
    version: int
    own: bool
    ours: Text | None
    meanings: tuple[Meaning, ...]
    stored: str = ""
    errors: FormErrors = NO_ERRORS


@get(TEXTS, guards=[needs_sign_in])
async def templates(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    languages = await languages_of(request, found)
    own = {(row.group, row.lang) for row in await queries.templates_of(found.id) if row.stands}
    page = TemplatesPage(
        title=_("Texts of messages"),
        languages=languages,
        lines=tuple(
            Line(
                str(NAMES[group]),
                str(HINTS[group]),
                tuple(
                    Cell(
                        language,
                        f"{texts_path(found)}/{group.value}/{language.code}",
                        "own"
                        if (group, language.code) in own
                        else "ours"
                        if ours(group, language.code)
                        else "none",
                    )
                    for language in languages
                ),
            )
            for group in Group
        ),
    )
    crumbs = crumb(found, Link("", page.title, current=True))
    return on_desk(request, found, "messages/templates.html", page, crumbs=crumbs)


@get(TEXTS + "/{group:str}/{lang:str}", guards=[needs_sign_in])
async def template(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    group: FromPath[str],
    lang: FromPath[str],
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    chosen, language = await _chosen(request, found, group, lang)
    return await _page(request, found, chosen, language)


@post(TEXTS + "/{group:str}/{lang:str}", guards=[needs_sign_in], status_code=303)
async def save(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    group: FromPath[str],
    lang: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    chosen, language = await _chosen(request, found, group, lang)
    fields = await read_fields(request)
    typed = typed_texts(fields, [lang])[lang]
    drawn = parse_drawn(ByVersion, fields)
    texts = parse_texts(fields, [lang], needed=lang, allowed=PLACEHOLDERS[chosen])
    if isinstance(drawn, FormErrors):
        return await _page(request, found, chosen, language, typed, drawn, 422)
    if isinstance(texts, FormErrors):
        return await _page(request, found, chosen, language, typed, texts, 422)
    try:
        await services.save_template(
            edition_id=found.id,
            command=SaveTemplate(chosen, lang, drawn.version, texts[lang]),
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        errors = FormErrors(
            {"": _("Somebody else saved this text meanwhile. Both stand here; save the one that stays.")}
        )
        return await _page(request, found, chosen, language, typed, errors, 409)
    said = Flash("good", _("The text is saved"), _("The next message to this group begins with it."))
    return redirect(request, texts_path(found), flash=said)


@post(TEXTS + "/{group:str}/{lang:str}/restore", guards=[needs_sign_in], status_code=303)
async def restore(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    group: FromPath[str],
    lang: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    chosen, _language = await _chosen(request, found, group, lang)
    drawn = parse_drawn(ByVersion, await read_fields(request))
    if isinstance(drawn, FormErrors):
        raise Stale
    await services.save_template(
        edition_id=found.id,
        command=SaveTemplate(chosen, lang, drawn.version, Text("", "")),
        actor=actor,
        clock=arrival_of(request.scope).clock,
    )
    return redirect(request, texts_path(found), flash=Flash("good", _("The ready-made text stands again")))


async def _chosen(request: AnyRequest, edition: EditionRow, group: str, lang: str) -> tuple[Group, Language]:
    languages: Mapping[str, Language] = {one.code: one for one in await languages_of(request, edition)}
    if group not in {one.value for one in Group} or lang not in languages:
        raise NotFound
    return Group(group), languages[lang]


async def _page(
    request: AnyRequest,
    edition: EditionRow,
    group: Group,
    language: Language,
    typed: Text | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    rows = await queries.templates_of(edition.id, group)
    row: TemplateRow | None = next((one for one in rows if one.lang == language.code), None)
    own = row is not None and row.stands
    ready_made = ours(group, language.code)
    stored = row.text if row is not None and own else ready_made or Text("", "")
    page = TemplatePage(
        title=_("Text to: %(group)s", group=str(NAMES[group])),
        path=f"{texts_path(edition)}/{group.value}/{language.code}",
        language=language,
        text=typed or stored,
        version=row.version if row else 0,
        own=own,
        ours=ready_made,
        meanings=meanings(group),
        stored=stored.body if status == 409 else "",
        errors=errors,
    )
    crumbs = crumb(
        edition,
        Link(texts_path(edition), _("Texts of messages")),
        Link("", page.title, current=True),
    )
    return on_desk(request, edition, "messages/template.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [templates, template, save, restore]
