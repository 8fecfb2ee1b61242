"""A new message: to whom, then its words."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import Invalid, Stale
from awards.messages import queries, services
from awards.messages.forms import ALL, ByVersion, ChooseGroup, SaveTexts, parse_texts, typed_texts
from awards.messages.pages.frame import (
    HERE,
    ONE,
    AnyRequest,
    Language,
    Meaning,
    crumb,
    group_words,
    languages_of,
    meanings,
    messages_path,
)
from awards.messages.queries import MailingRow, Offer
from awards.messages.rules import PLACEHOLDERS, Scope, Texts, scope_of
from awards.messages.wording import HINTS, NAMES
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse, parse_drawn
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class GroupPage(Struct, frozen=True):
    title: str
    path: str
    choices: tuple[Choice, ...]
    group: str = ""
    errors: FormErrors = NO_ERRORS


class PartPage(Struct, frozen=True):
    """Which category or which round."""

    title: str
    path: str
    group: str
    choices: tuple[Choice, ...]
    of: str = ""
    errors: FormErrors = NO_ERRORS


class Written(Struct, frozen=True):
    """One language of the form, with what somebody else stored meanwhile."""

    language: Language
    subject: str
    body: str
    stored: str = ""


class WritePage(Struct, frozen=True):
    title: str
    path: str
    mailing: MailingRow
    group: str
    written: tuple[Written, ...]
    meanings: tuple[Meaning, ...]
    version: int
    errors: FormErrors = NO_ERRORS


@get(HERE + "/new", guards=[needs_sign_in])
async def new(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    offers = await queries.offers_of(found, arrival_of(request.scope).at)
    asked = request.query_params.get("group", "")
    offer = next((one for one in offers if one.group.value == asked), None)
    if offer is not None and scope_of(offer.group) is not Scope.EDITION:
        return _part_page(request, found, offer)
    return _group_page(request, found, offers, asked if offer else "")


@post(HERE + "/new", guards=[needs_sign_in], status_code=303)
async def start(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(ChooseGroup, fields)
    offers = await queries.offers_of(found, arrival_of(request.scope).at)
    if isinstance(command, FormErrors):
        errors = FormErrors({"group": _("Choose who is written to")})
        return _group_page(request, found, offers, fields.get("group", "")[:60], errors, 422)
    offer = next((one for one in offers if one.group is command.group), None)
    if offer is not None and "of" not in fields and scope_of(offer.group) is not Scope.EDITION:
        return redirect(request, f"{messages_path(found)}/new?group={offer.group.value}")
    languages = [language.code for language in await languages_of(request, found)]
    try:
        number = await services.start_mailing(
            edition_id=found.id,
            command=command,
            languages=languages,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as wrong:
        errors = FormErrors(wrong.errors)
        if offer is not None and "of" in errors:
            return _part_page(request, found, offer, fields.get("of", "")[:60], errors, 422)
        return _group_page(request, found, offers, "", errors, 422)
    return redirect(request, f"{messages_path(found)}/{number}")


def _group_page(
    request: AnyRequest,
    edition: EditionRow,
    offers: list[Offer],
    group: str,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    page = GroupPage(
        title=_("Who is written to?"),
        path=f"{messages_path(edition)}/new",
        choices=tuple(
            Choice(one.group.value, str(NAMES[one.group]), str(HINTS[one.group])) for one in offers
        ),
        group=group,
        errors=errors,
    )
    crumbs = crumb(edition, Link("", _("New message"), current=True))
    return on_desk(request, edition, "messages/group.html", page, crumbs=crumbs, status=status)


def _part_page(
    request: AnyRequest,
    edition: EditionRow,
    offer: Offer,
    of: str | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    choices = [Choice(code, name) for code, name in offer.parts]
    by_category = scope_of(offer.group) is Scope.CATEGORY
    if by_category:
        choices.insert(0, Choice(ALL, _("All categories")))
    page = PartPage(
        title=_("%(group)s: of which category?", group=str(NAMES[offer.group]))
        if by_category
        else _("%(group)s: of which round?", group=str(NAMES[offer.group])),
        path=f"{messages_path(edition)}/new",
        group=offer.group.value,
        choices=tuple(choices),
        of=choices[0].value if of is None else of,
        errors=errors,
    )
    crumbs = crumb(
        edition, Link(f"{messages_path(edition)}/new", _("New message")), Link("", page.title, current=True)
    )
    return on_desk(request, edition, "messages/part.html", page, crumbs=crumbs, status=status)


# --- its words -----------------------------------------------------------------------------------------


async def write_page(
    request: AnyRequest,
    edition: EditionRow,
    mailing: MailingRow,
    *,
    typed: Texts | None = None,
    errors: FormErrors = NO_ERRORS,
    lost: bool = False,
    status: int = 200,
) -> Response[bytes]:
    """`lost`: somebody else saved meanwhile, and both texts are shown."""
    texts = mailing.texts if typed is None else typed
    page = WritePage(
        title=_("Message to: %(group)s", group=group_words(mailing.of)),
        path=f"{messages_path(edition)}/{mailing.number}",
        mailing=mailing,
        group=group_words(mailing.of),
        written=tuple(
            Written(
                language,
                texts[language.code].subject if language.code in texts else "",
                texts[language.code].body if language.code in texts else "",
                mailing.texts[language.code].body if lost and language.code in mailing.texts else "",
            )
            for language in await languages_of(request, edition)
        ),
        meanings=meanings(mailing.of.group),
        version=mailing.version,
        errors=errors,
    )
    crumbs = crumb(edition, Link("", page.title, current=True))
    return on_desk(request, edition, "messages/write.html", page, crumbs=crumbs, status=status)


@post(ONE, guards=[needs_sign_in], status_code=303)
async def save(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    mailing = await queries.mailing_of(found.id, number)
    fields = await read_fields(request)
    drawn = parse_drawn(ByVersion, fields)
    codes = [language.code for language in await languages_of(request, found)]
    typed = typed_texts(fields, codes)
    texts = parse_texts(fields, codes, needed=found.lang, allowed=PLACEHOLDERS[mailing.of.group])
    if isinstance(drawn, FormErrors):
        return await write_page(request, found, mailing, typed=typed, errors=drawn, status=422)
    if isinstance(texts, FormErrors):
        return await write_page(request, found, mailing, typed=typed, errors=texts, status=422)
    try:
        await services.save_texts(
            edition_id=found.id,
            command=SaveTexts(number, drawn.version, texts),
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        errors = FormErrors(
            {
                "": _(
                    "Somebody else saved this message meanwhile. Both texts stand here; save the one that goes."
                )
            }
        )
        return await write_page(
            request, found, mailing, typed=typed, errors=errors, lost=True, status=409
        )  # fmt: skip
    return redirect(request, f"{messages_path(found)}/{number}/check")


@post(ONE + "/drop", guards=[needs_sign_in], status_code=303)
async def drop(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    await services.drop_mailing(edition_id=found.id, number=number, actor=actor)
    said = Flash("good", _("The message is dropped"), _("Nobody was written to."))
    return redirect(request, messages_path(found), flash=said)


ROUTES: list[HTTPRouteHandler] = [new, start, save, drop]
