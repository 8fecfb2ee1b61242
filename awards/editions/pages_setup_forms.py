"""What the set-up pages show and store. What is frozen is refused with its reason, and nothing typed is lost."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from msgspec import Struct

from awards.editions import services
from awards.editions.checks import CODE, problems_of
from awards.editions.document import EditionDocument, QuestionPart
from awards.editions.forms import ByVersion
from awards.editions.freezing import Frozen
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow
from awards.editions.queries.rulesets import Offer, offer_of
from awards.editions.setup import Answers, Field, ListSection, Section, Typed, errors_for
from awards.editions.starter import prize_sets
from awards.editions.touching import NotSeen, Touched, digest_of
from awards.errors import Denied, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of

NEW = "_new"
Req = Request[Any, Any, Any]


class Task(Struct, frozen=True):
    href: str
    text: str
    done: bool
    hint: str = ""


class SetupPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    tasks: tuple[Task, ...]


class Confirm(Struct, frozen=True):
    """An act on a list that touches answers: it is done when the person says so again, having seen them."""

    action: str
    code: str
    touched: tuple[Touched, ...]
    seen: str
    fields: tuple[tuple[str, str], ...] = ()


class ListRow(Struct, frozen=True):
    href: str
    code: str
    text: str
    hint: str


class ListPage(Struct, frozen=True):
    title: str
    errors: FormErrors
    href: str
    rows: tuple[ListRow, ...]
    add: str
    version: int
    ordered: bool
    offer: Offer | None = None
    confirm: Confirm | None = None
    starters: tuple[Choice, ...] = ()
    """What comes with the software, where there is nothing yet."""


class FormPage(Struct, frozen=True):
    """`stored` is what somebody else saved meanwhile, field by field, where it differs from what was typed."""

    title: str
    errors: FormErrors
    action: str
    back: str
    version: int
    fields: tuple[tuple[Field, str | tuple[str, ...]], ...]
    code: str = ""
    asks_code: bool = False
    removal: str = ""
    below: Link | None = None
    stored: tuple[tuple[str, str, str], ...] = ()
    offer: Offer | None = None
    touched: tuple[Touched, ...] = ()
    seen: str = ""


def on_setup(
    request: Req, row: EditionRow, template: str, page: Any, crumbs: Sequence[Link] = (), status: int = 200
) -> Response[bytes]:
    home = (Link(row.desk, row.name), Link(f"{row.desk}/setup", _("Set-up")))
    is_home = not crumbs and template == "editions/setup.html"
    above = () if is_home else (*home, *crumbs, Link("", page.title, True))
    return on_desk(request, row, template, page, crumbs=above, status=status)


class Spot(Struct, frozen=True):
    """Where in the document a form stands: a section, or a part of a list.

    `ended` are questions that were taken out of the form and keep their answers.
    """

    row: EditionRow
    document: EditionDocument
    href: str
    crumbs: tuple[Link, ...] = ()
    ended: tuple[QuestionPart, ...] = ()


def typed_from(fields: tuple[Field, ...], sent: Fields) -> Typed:
    return {
        field.name: tuple(sent.all(field.name)) if field.kind == "checkboxes" else sent.get(field.name, "")
        for field in fields
    }


def drawn(fields: tuple[Field, ...], values: Typed) -> tuple[tuple[Field, str | tuple[str, ...]], ...]:
    return tuple((field, values.get(field.name, "")) for field in fields)


def differing(fields: tuple[Field, ...], typed: Typed, stored: Typed) -> tuple[tuple[str, str, str], ...]:
    """(label, stored, typed) of every field where the two differ."""

    def words(value: str | tuple[str, ...]) -> str:
        return ", ".join(value) if isinstance(value, tuple) else value

    rows = (
        (field.label, words(stored.get(field.name, "")), words(typed.get(field.name, ""))) for field in fields
    )
    return tuple((label, before, after) for label, before, after in rows if before != after)


class Outcome(Struct, frozen=True):
    """What is wrong with the new document, the status that says so, and the way on where it froze.

    With `touched` nothing is wrong and nothing stored: the person is to see whom the change touches first.
    """

    errors: FormErrors = NO_ERRORS
    status: int = 303
    offer: Offer | None = None
    touched: tuple[Touched, ...] = ()

    @property
    def stored(self) -> bool:
        return self.status == 303


async def save(
    request: Req, spot: Spot, new: EditionDocument, version: int, here: tuple[str | int, ...],
    fields: tuple[Field, ...],
) -> Outcome:  # fmt: skip
    found = {one.place: one.text for one in reversed(problems_of(new))}
    if found:
        return Outcome(errors_for(fields, found, here), 422)
    arrival = arrival_of(request.scope)
    try:
        await services.change_edition(
            edition_id=spot.row.id,
            document=new,
            version=version,
            actor=actor_of(request),
            clock=arrival.clock,
            seen=(await read_fields(request)).get("seen", ""),
        )
    except NotSeen as first:
        return Outcome(NO_ERRORS, 200, None, first.touched)
    except Frozen as problem:
        offer = await offer_of(spot.row, new, arrival.at)
        return Outcome(FormErrors({"": " ".join(problem.items)}), 409, offer)
    except Denied as problem:
        return Outcome(FormErrors({"": problem.why}), 403)
    except Stale:
        text = _(
            "Somebody changed the set-up since you opened this page. Yours is not stored yet: compare, then save."
        )
        return Outcome(FormErrors({"": text}), 409)
    return Outcome()


async def drawn_version(request: Req) -> int:
    command = parse(ByVersion, await read_fields(request))
    return -1 if isinstance(command, FormErrors) else command.version


# --- one form over the edition ------------------------------------------------------------------------


def section_form(
    section: Section, spot: Spot, values: Typed, errors: FormErrors = NO_ERRORS,
    stored: tuple[tuple[str, str, str], ...] = (), offer: Offer | None = None,
) -> FormPage:  # fmt: skip
    return FormPage(
        title=section.title,
        errors=errors,
        action=spot.href,
        back=f"{spot.row.desk}/setup",
        version=spot.row.version,
        fields=drawn(section.fields(spot.document), values),
        stored=stored,
        offer=offer,
    )


async def save_section_form(request: Req, section: Section, spot: Spot) -> Response[bytes]:
    fields = section.fields(spot.document)
    typed = typed_from(fields, await read_fields(request))
    answers = Answers(typed, spot.document.zone)
    new = section.change(spot.document, answers)
    if answers.errors:
        done = Outcome(FormErrors(answers.errors), 422)
    else:
        done = await save(request, spot, new, await drawn_version(request), section.places, fields)
    if done.stored:
        return redirect(
            request, f"{spot.row.desk}/setup", flash=Flash("good", _("Saved: %(what)s", what=section.title))
        )
    stored = differing(fields, typed, section.values(spot.document)) if done.status == 409 else ()
    page = section_form(section, spot, typed, done.errors, stored, done.offer)
    return on_setup(request, spot.row, "editions/setup_form.html", page, (), done.status)


# --- a list and its parts -----------------------------------------------------------------------------


ORDERED = frozenset({"categories", "questions", "rounds", "criteria"})


def list_of_parts(
    section: ListSection, spot: Spot, errors: FormErrors = NO_ERRORS, offer: Offer | None = None,
    confirm: Confirm | None = None,
) -> ListPage:  # fmt: skip
    rows = []
    for part in section.parts(spot.document):
        code = getattr(part, section.key)
        text, hint = section.row(spot.document, part)
        rows.append(ListRow(f"{spot.href}/{code}", code, text, hint))
    return ListPage(
        title=section.title,
        errors=errors,
        href=spot.href,
        rows=tuple(rows),
        add=f"{spot.href}/{NEW}",
        version=spot.row.version,
        ordered=section.slug in ORDERED,
        offer=offer,
        confirm=confirm,
        starters=tuple(Choice(one.code, one.name) for one in prize_sets().values())
        if section.slug == "prizes" and not rows and spot.document.categories
        else (),
    )


def _part_page(
    section: ListSection, spot: Spot, code: str, values: Typed, errors: FormErrors = NO_ERRORS,
    stored: tuple[tuple[str, str, str], ...] = (), *, typed_code: str = "", offer: Offer | None = None,
    touched: tuple[Touched, ...] = (),
) -> FormPage:  # fmt: skip
    new = code == NEW
    below = None
    if section.slug == "rounds" and not new:
        below = Link(f"{spot.row.desk}/setup/criteria/{code}", _("Criteria, weights and rubric"))
    return FormPage(
        title=_("Add a %(one)s", one=section.one)
        if new
        else _("Change the %(one)s “%(code)s”", one=section.one, code=code),
        errors=errors,
        action=f"{spot.href}/{code}",
        back=spot.href,
        version=spot.row.version,
        fields=drawn(section.fields(spot.document), values),
        code=typed_code if new else code,
        asks_code=new,
        removal="" if new else f"{spot.href}/{code}/remove",
        below=below,
        stored=stored,
        offer=offer,
        touched=touched,
        seen=digest_of(touched),
    )


def _part_or_none(section: ListSection, spot: Spot, code: str) -> Any:
    part = section.find(spot.document, code)
    if part is None and code != NEW:
        raise NotFound
    return part


async def show_part(request: Req, section: ListSection, spot: Spot, code: str) -> Response[bytes]:
    part = _part_or_none(section, spot, code)
    page = _part_page(section, spot, code, section.values(spot.document, part))
    return on_setup(
        request, spot.row, "editions/setup_form.html", page, (*spot.crumbs, Link(spot.href, section.title))
    )


async def save_part_form(request: Req, section: ListSection, spot: Spot, code: str) -> Response[bytes]:
    old = _part_or_none(section, spot, code)
    sent = await read_fields(request)
    fields = section.fields(spot.document)
    typed = typed_from(fields, sent)
    own = sent.get("code", "").strip() if code == NEW else code
    answers = Answers(typed, spot.document.zone)
    part = section.part(spot.document, own, answers, old)
    if code == NEW and not CODE.fullmatch(own):
        answers.errors = {"code": _("Choose a code of small letters, digits and hyphens"), **answers.errors}
    elif code == NEW and section.find(spot.document, own) is not None:
        answers.errors = {"code": _("This code is taken; codes differ"), **answers.errors}
    if answers.errors:
        done = Outcome(FormErrors(answers.errors), 422)
    else:
        new = section.put(spot.document, part)
        codes = [getattr(one, section.key) for one in section.parts(new)]
        here = _place_of(section, spot, codes.index(own))
        done = await save(request, spot, new, await drawn_version(request), here, fields)
    if done.stored:
        return redirect(request, spot.href, flash=Flash("good", _("Saved: %(what)s", what=own)))
    differs = done.status == 409 and old
    stored = differing(fields, typed, section.values(spot.document, old)) if differs else ()
    page = _part_page(
        section, spot, code, typed, done.errors, stored,
        typed_code=own, offer=done.offer, touched=done.touched,
    )  # fmt: skip
    crumbs = (*spot.crumbs, Link(spot.href, section.title))
    return on_setup(request, spot.row, "editions/setup_form.html", page, crumbs, done.status)


def _place_of(section: ListSection, spot: Spot, index: int) -> tuple[str | int, ...]:
    if section.slug != "criteria":
        return section.word, index
    code = spot.href.rpartition("/")[2]
    return "round", [one.code for one in spot.document.rounds].index(code), "criterion", index


async def begin_prizes(request: Req, section: ListSection, spot: Spot) -> Response[bytes]:
    """The prizes of a past edition in every category of this one, where it has none yet."""
    chosen = prize_sets().get((await read_fields(request)).get("begin_with", ""))
    if spot.document.prizes or chosen is None:
        wrong = FormErrors({} if spot.document.prizes else {"begin_with": _("Choose an edition")})
        page = list_of_parts(section, spot, wrong)
        return on_setup(request, spot.row, "editions/setup_list.html", page, spot.crumbs, 422)
    new = section.replaced(
        spot.document, chosen.prizes([category.code for category in spot.document.categories])
    )
    done = await save(request, spot, new, await drawn_version(request), (), ())
    if not done.stored:
        page = list_of_parts(section, spot, done.errors, done.offer)
        return on_setup(request, spot.row, "editions/setup_list.html", page, spot.crumbs, done.status)
    text = _("The prizes are there: change names and numbers as this edition needs")
    return redirect(request, spot.href, flash=Flash("good", text))


async def change_list(request: Req, section: ListSection, spot: Spot, code: str, act: str) -> Response[bytes]:
    """Remove a part or move it up."""
    if section.find(spot.document, code) is None:
        raise NotFound
    new = section.without(spot.document, code) if act == "remove" else section.moved_up(spot.document, code)
    done = await save(request, spot, new, await drawn_version(request), (), ())
    if not done.stored:
        confirm = None
        if done.touched:
            confirm = Confirm(f"{spot.href}/{code}/{act}", code, done.touched, digest_of(done.touched))
        page = list_of_parts(section, spot, done.errors, done.offer, confirm)
        return on_setup(request, spot.row, "editions/setup_list.html", page, spot.crumbs, done.status)
    text = _("Removed: %(what)s", what=code) if act == "remove" else _("Moved up: %(what)s", what=code)
    return redirect(request, spot.href, flash=Flash("good", text))
