"""The panel of a round, for the secretariat: entries, seats, pairs given by hand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import Denied, Invalid, Stale
from awards.panels import queries, services
from awards.panels.forms import (
    AssignByHand,
    ChangeSheetsWanted,
    InviteJudge,
    PutIntoRound,
    TakeBack,
)
from awards.panels.queries import Candidate, CategoryName, Given, PanelEntry, PanelSeat, RoundRow
from awards.panels.queries.panel import RoundSummary
from awards.panels.rules import (
    ACTIVE,
    CHAIR,
    LEADS,
    UNWRITTEN,
    SeatState,
    may_change_panel,
    may_seat,
    too_many,
)
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, clean, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class PanelsPage(Struct, frozen=True):
    title: str
    rounds: tuple[tuple[RoundRow, RoundSummary], ...]


@get("/desk/{programme:str}/{edition:str}/panels", guards=[needs_sign_in])
async def panels(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    found = await seen_by(actor, programme, edition, Role.AUDITOR)
    counts = await queries.summaries(found.id)
    rounds = await queries.rounds_of(found.id)
    page = PanelsPage(_("Panels"), tuple((row, counts[row.id]) for row in rounds))
    return render(
        request,
        "panels/panels.html",
        page,
        role=desk.role_of(found, actor),
        place=desk.place(found),
        side=desk.side(found, request.url.path, actor),
        demo=found.demo,
    )


# --- one panel -----------------------------------------------------------------------------------------


class Reading(Struct, frozen=True):
    """One judge who was given an entry."""

    assignment_id: int
    name: str
    state: str
    unwritten: bool


class EntryLine(Struct, frozen=True):
    entry: PanelEntry
    readers: tuple[Reading, ...]

    @property
    def given(self) -> int:
        return sum(reader.state in ACTIVE for reader in self.readers)

    @property
    def short(self) -> int:
        return max(self.entry.sheets_wanted - self.given, 0)


class SeatLine(Struct, frozen=True):
    seat: PanelSeat
    categories: str
    given: int
    signed: int

    @property
    def living(self) -> bool:
        return self.seat.state in (SeatState.INVITED, SeatState.ACCEPTED)


class PanelPage(Struct, frozen=True):
    title: str
    round: RoundRow
    entries: tuple[EntryLine, ...]
    seats: tuple[SeatLine, ...]
    candidates: tuple[Candidate, ...]
    categories: tuple[Choice, ...]
    pool: tuple[Choice, ...]
    scorers: tuple[Choice, ...]
    to_read: tuple[Choice, ...]
    to_calibrate: tuple[Choice, ...]
    read_by_all: tuple[EntryLine, ...]
    may_add: bool
    """Whether one more entry may be read by all: where they come first, two are the most."""
    wanted: int
    given: int
    may_open_seats: bool
    may_change: bool
    may_seat_leads: bool
    """Also when the round is closed: a chair and a jury mark nothing."""
    values: Mapping[str, str]
    ticked: frozenset[str]
    form: str
    roles: tuple[Choice, ...]
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        """The errors of one of the page's forms: the others stay as they were."""
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str, default: str = "") -> str:
        return self.values.get(name, default) if self.form == form else default


@get("/desk/{programme:str}/{edition:str}/panels/{round_code:str}", guards=[needs_sign_in])
async def panel(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    chosen = request.query_params.get("judge", "")
    if not chosen:
        return await draw(request, found)
    return await draw(request, found, form="invite", fields=Fields([("judge", clean(chosen))]))


async def draw(
    request: AnyRequest,
    found: RoundRow,
    *,
    form: str = "",
    fields: Fields | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor = actor_of(request)
    runs = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    field = await queries.field_of(found.edition.id, found.id)
    seats = await queries.seats_of_round(found.id)
    pool = await queries.pool(found.edition.id)
    lines = _entry_lines(field.entries, seats, field.given)
    taken = {seat.person_id for seat in seats if seat.state in (SeatState.INVITED, SeatState.ACCEPTED)}
    page = PanelPage(
        title=_("Panel: %(round)s", round=found.name),
        round=found,
        entries=lines,
        seats=_seat_lines(seats, field.given, field.categories),
        candidates=field.candidates,
        categories=tuple(Choice(category.code, category.name) for category in field.categories),
        pool=tuple(
            Choice(str(judge.person_id), f"{judge.name}, {judge.country}")
            for judge in pool
            if judge.person_id not in taken
        ),
        scorers=tuple(
            Choice(str(seat.id), seat.name)
            for seat in seats
            if seat.state is SeatState.ACCEPTED and seat.role == "scorer"
        ),
        to_read=tuple(
            Choice(line.entry.reference, f"{line.entry.city}: {line.entry.title}") for line in lines
        ),
        to_calibrate=tuple(
            Choice(str(line.entry.round_entry_id), f"{line.entry.city}: {line.entry.title}")
            for line in lines
            if not line.entry.bridge
        ),
        read_by_all=tuple(line for line in lines if line.entry.bridge),
        may_add=not too_many(found.bridge_first, sum(entry.bridge for entry in field.entries) + 1),
        wanted=sum(entry.sheets_wanted for entry in field.entries),
        given=sum(line.given for line in lines),
        may_open_seats=runs,
        may_change=runs and may_change_panel(found.state) is None,
        may_seat_leads=runs and may_seat(found.state, CHAIR) is None,
        values=fields or {},
        ticked=frozenset(fields.all("categories")) if fields else frozenset(),
        form=form,
        roles=tuple(one for one in roles() if one.value in LEADS or may_change_panel(found.state) is None),
        errors=errors,
    )
    return render(
        request,
        "panels/panel.html",
        page,
        status=status,
        role=desk.role_of(found.edition, actor),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor),
        crumbs=(Link(f"{found.edition.desk}/panels", _("Panels")), Link("", found.name, True)),
        demo=found.edition.demo,
    )


def roles() -> tuple[Choice, ...]:
    return (
        Choice("scorer", _("Scorer"), _("Reads entries and marks them.")),
        Choice("chair", _("Chair"), _("Leads the deliberation, does not mark.")),
        Choice("jury", _("Jury"), _("Deliberates on the closed round, does not mark.")),
    )


def _entry_lines(
    entries: Sequence[PanelEntry], seats: Sequence[PanelSeat], given: Sequence[Given]
) -> tuple[EntryLine, ...]:
    names = {seat.id: seat.name for seat in seats}
    readers: dict[int, list[Reading]] = {}
    for pair in given:
        if pair.state != "withdrawn":
            readers.setdefault(pair.round_entry_id, []).append(
                Reading(pair.id, names[pair.seat_id], pair.state, pair.state in UNWRITTEN)
            )
    return tuple(
        EntryLine(entry, tuple(sorted(readers.get(entry.round_entry_id, ()), key=lambda one: one.name)))
        for entry in entries
    )


def _seat_lines(
    seats: Sequence[PanelSeat], given: Sequence[Given], categories: Sequence[CategoryName]
) -> tuple[SeatLine, ...]:
    names = {category.id: category.name for category in categories}
    return tuple(
        SeatLine(
            seat,
            ", ".join(names[category] for category in seat.categories if category in names)
            or _("all categories"),
            given=sum(pair.seat_id == seat.id and pair.state in ACTIVE for pair in given),
            signed=sum(pair.seat_id == seat.id and pair.state == "signed" for pair in given),
        )
        for seat in seats
    )


# --- what the page's forms do --------------------------------------------------------------------------


async def act(
    request: AnyRequest,
    found: RoundRow,
    name: str,
    form: type[Parsed],
    verb: Callable[[Parsed], Awaitable[Flash]],
) -> Response[bytes]:
    """Parse one of the page's forms, do it, and come back; or the page again with every error."""
    fields = await read_fields(request)
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await draw(request, found, form=name, fields=fields, errors=command, status=422)
    try:
        flash = await verb(command)
    except Invalid as problem:
        errors = FormErrors(problem.errors)
        return await draw(request, found, form=name, fields=fields, errors=errors, status=422)
    except Denied as problem:
        errors = FormErrors({"": problem.why})
        return await draw(request, found, form=name, fields=fields, errors=errors, status=403)
    except Stale:
        errors = FormErrors({"": _("Somebody changed this seat before you. Look at it again.")})
        return await draw(request, found, form=name, fields=fields, errors=errors, status=409)
    return redirect(request, found.panel, flash=flash)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/entries",
    guards=[needs_sign_in],
    status_code=303,
)
async def put_entries(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def put(command: PutIntoRound) -> Flash:
        count = await services.put_into_round(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash(
            "good",
            ngettext("%(num)d entry is in the round", "%(num)d entries are in the round", count),
        )

    return await act(request, found, "entries", PutIntoRound, put)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/sheets",
    guards=[needs_sign_in],
    status_code=303,
)
async def sheets_wanted(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def change(command: ChangeSheetsWanted) -> Flash:
        await services.change_sheets_wanted(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("good", _("Saved"))

    return await act(request, found, "sheets", ChangeSheetsWanted, change)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/invite",
    guards=[needs_sign_in],
    status_code=303,
)
async def invite(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    if fields.get("act") == "test":
        judge = fields.get("judge", "")
        if judge.isascii() and judge.isdigit() and len(judge) <= 10:
            return redirect(request, f"{found.panel}/test/{judge}")
        errors = FormErrors({"judge": _("Choose a judge of the pool to test")})
        return await draw(request, found, form="invite", fields=fields, errors=errors, status=422)

    async def ask(command: InviteJudge) -> Flash:
        await services.invite_judge(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("good", _("The invitation is on its way"))

    return await act(request, found, "invite", InviteJudge, ask)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/assign",
    guards=[needs_sign_in],
    status_code=303,
)
async def assign(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def give(command: AssignByHand) -> Flash:
        warnings = await services.assign_by_hand(round_id=found.id, command=command, actor=actor, clock=clock)
        if warnings:
            text = _("The judge %(warnings)s.", warnings=", ".join(warnings))
            return Flash("warn", _("Assigned, with a warning"), text)
        return Flash("good", _("Assigned"))

    return await act(request, found, "assign", AssignByHand, give)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/take-back",
    guards=[needs_sign_in],
    status_code=303,
)
async def take_back(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def take(command: TakeBack) -> Flash:
        await services.take_back(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("", _("The entry was taken back from its judge"))

    return await act(request, found, "take-back", TakeBack, take)


ROUTES: list[HTTPRouteHandler] = [
    panels,
    panel,
    put_entries,
    sheets_wanted,
    invite,
    assign,
    take_back,
]
