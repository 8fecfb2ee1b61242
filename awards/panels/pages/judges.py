"""The pool of judges, for the secretariat."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, field

from awards.editions import desk
from awards.editions.queries import EditionRow, run_by
from awards.editions.queries.census import EntryCounts, count_entries
from awards.errors import Invalid, NotFound
from awards.outbox.queries import came_back
from awards.panels import queries, services
from awards.panels.forms import AddJudge, ChangeJudge
from awards.panels.queries import PoolJudge
from awards.panels.queries.records import Knowing, Record, record_of
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]

# The form of the page that says who the judge is.
JUDGE = "judge"
BLANK = {
    "name": "", "email": "", "country": "", "organisation": "", "city": "", "nationality": "",
    "biography": "", "languages": "",
}  # fmt: skip


class JudgesPage(Struct, frozen=True):
    title: str
    path: str
    judges: tuple[PoolJudge, ...]
    waiting: EntryCounts
    # What a server said, by the address that it does not take mail for.
    returned: Mapping[str, str]


@get("/desk/{programme:str}/{edition:str}/judges", guards=[needs_sign_in])
async def judges(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    pool = await queries.pool(found.id)
    page = JudgesPage(
        title=ngettext("Judges: %(num)d in the pool", "Judges: %(num)d in the pool", len(pool))
        if pool
        else _("Judges"),
        path=f"{found.desk}/judges",
        judges=tuple(pool),
        waiting=await count_entries(found.id),
        returned=await came_back(judge.address for judge in pool),
    )
    return _render(request, "panels/judges.html", page, found)


class JudgePage(Struct, frozen=True):
    title: str
    path: str
    action: str
    new: bool
    address: str
    cities: tuple[Choice, ...]
    values: Mapping[str, str]
    stored: Mapping[str, str]
    errors: FormErrors = NO_ERRORS
    form: str = JUDGE
    record: Record | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[Choice, ...] = ()

    @property
    def more_kinds(self) -> tuple[Choice, ...]:
        """A home stands on the judge's own form."""
        return tuple(Choice(kind, word) for kind, word in self.kinds.items() if kind != "home")

    def errors_in(self, form: str) -> FormErrors:
        """The errors of one of the page's forms: the others stay as they were."""
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        if self.form != form:
            return self.stored.get(name, "") if form == JUDGE else ""
        return self.values.get(name, "")

    def spot(self, form: str, name: str) -> str:
        """The id of a field: plain in the form that was sent, to which its errors lead."""
        return name if self.form == form else f"{form}-{name}"

    def level(self, one: Knowing) -> str:
        sent = self.value("expertise", f"level-{one.field_id}")
        return sent or ("" if one.level is None or self.form == "expertise" else str(one.level))


@get("/desk/{programme:str}/{edition:str}/judges/new", guards=[needs_sign_in])
async def new_judge(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    return await draw(request, found, None, None)


@post("/desk/{programme:str}/{edition:str}/judges/new", guards=[needs_sign_in], status_code=303)
async def add_judge(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(AddJudge, fields)
    if isinstance(command, FormErrors):
        return await draw(request, found, None, fields, command)
    try:
        await services.add_judge(
            programme_id=found.programme_id,
            edition_id=found.id,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await draw(request, found, None, fields, FormErrors(problem.errors))
    flash = Flash("good", _("%(name)s is in the pool", name=command.name))
    return redirect(request, f"{found.desk}/judges", flash=flash)


@get("/desk/{programme:str}/{edition:str}/judges/{person:int}", guards=[needs_sign_in])
async def judge(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    return await draw(request, found, await known_judge(found, person), None)


@post("/desk/{programme:str}/{edition:str}/judges/{person:int}", guards=[needs_sign_in], status_code=303)
async def change_judge(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    row = await known_judge(found, person)
    fields = await read_fields(request)
    command = parse(ChangeJudge, fields)
    if isinstance(command, FormErrors):
        return await draw(request, found, row, fields, command)
    try:
        await services.change_judge(
            programme_id=found.programme_id,
            edition_id=found.id,
            person_id=person,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await draw(request, found, row, fields, FormErrors(problem.errors))
    return redirect(request, f"{found.desk}/judges", flash=Flash("good", _("Saved")))


async def known_judge(found: EditionRow, person: int) -> PoolJudge:
    row = await queries.pool_judge(found.id, person) if 0 < person <= BIGGEST_ID else None
    if row is None:
        raise NotFound
    return row


def _stored(row: PoolJudge) -> dict[str, str]:
    return {
        "name": row.name, "country": row.country, "organisation": row.organisation,
        "city": str(row.city_id or ""), "nationality": row.nationality, "biography": row.biography,
        "languages": row.languages,
    }  # fmt: skip


async def draw(
    request: AnyRequest,
    found: EditionRow,
    row: PoolJudge | None,
    typed: Mapping[str, str] | None,
    errors: FormErrors = NO_ERRORS,
    *,
    form: str = JUDGE,
) -> Response[bytes]:
    """One judge in full, or the form for a new one; `typed` is what stood in the form that was sent."""
    cities = await queries.cities_to_choose()
    stored = _stored(row) if row else {}
    page = JudgePage(
        title=row.name if row else _("Add a judge"),
        path=f"{found.desk}/judges",
        action=f"{found.desk}/judges/{row.person_id if row else 'new'}",
        new=row is None,
        address=row.address if row else "",
        cities=tuple(Choice(str(number), name) for number, name in cities),
        values={**(BLANK | stored if form == JUDGE else {}), **(typed or {})},
        stored=BLANK | stored,
        errors=errors,
        form=form,
        record=await record_of(found.programme_id, row.person_id) if row else None,
        kinds=kinds(),
        levels=levels(),
    )
    crumbs = (Link(f"{found.desk}/judges", _("Judges")), Link("", page.title, True))
    return _render(request, "panels/judge.html", page, found, crumbs, status=422 if errors else 200)


def kinds() -> Mapping[str, str]:
    """Of affiliations, in words."""
    return {
        "home": _("Home"),
        "nationality": _("Nationality"),
        "employer": _("Employer"),
        "past": _("Past employer"),
        "vendor": _("Sells to, owns or advises"),
    }


def levels() -> tuple[Choice, ...]:
    words = (_("nothing"), _("a little"), _("some"), _("well"), _("very well"), _("a leading expert"))
    return tuple(Choice(str(level), f"{level}, {word}") for level, word in enumerate(words))


def _render(
    request: AnyRequest,
    template: str,
    page: object,
    found: EditionRow,
    crumbs: tuple[Link, ...] = (),
    status: int = 200,
) -> Response[bytes]:
    return render(
        request,
        template,
        page,
        status=status,
        role=_("secretariat"),
        place=desk.place(found),
        side=desk.side(found, request.url.path, actor_of(request)),
        crumbs=crumbs,
        demo=found.demo,
    )


ROUTES: list[HTTPRouteHandler] = [judges, new_judge, add_judge, judge, change_judge]
