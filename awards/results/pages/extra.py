"""Reading entries of a closed round once more: who reads what is chosen, what follows is shown, then it is asked."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.rules import Role, RoundState, in_secretariat
from awards.editions.setup import local
from awards.errors import Denied, Invalid, Stale
from awards.panels.queries import RoundRow, round_run_by, round_seen_by
from awards.results import queries, services
from awards.results.forms import NUMBERS, READ, AskForReads, UndoRead, instant_of, reads_of
from awards.results.queries import ExtraRead, FurtherReads, ReadableEntry
from awards.results.queries.extra import Reader
from awards.results.rules import may_ask_for_reads
from awards.results.services.extra import problems, written_to
from awards.results.telling import Told, rivals_of, told_by
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.figures import MILLION
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import chance
from judging.further import Worth

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/extra/{code:str}"
# More selects than this on one page help nobody.
MOST_ENTRIES = 60


class ReadField(Struct, frozen=True):
    """A judge to choose for one entry."""

    name: str
    label: str
    hint: str
    choices: tuple[Choice, ...]


class ExtraPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    back: str
    refused: str
    hidden: bool
    reads: tuple[ExtraRead, ...]
    until: datetime | None
    sections: tuple[tuple[str, str, str, tuple[ReadField, ...]], ...]
    """Anchor, heading, what it holds, and its fields."""
    unshown: int
    entries: tuple[Choice, ...]
    entry: str
    values: Mapping[str, str]
    may_change: bool
    errors: FormErrors = NO_ERRORS


class CheckPage(Struct, frozen=True):
    title: str
    path: str
    back: str
    version: int
    reads: tuple[tuple[str, str, str, str], ...]
    """Field, seat, entrant and judge."""
    until: datetime
    until_text: str
    zone: str
    written_to: tuple[tuple[str, int], ...]
    first: bool


@get(HERE, guards=[needs_sign_in])
async def extra_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    found = await round_seen_by(actor_of(request), programme, edition, code, Role.AUDITOR)
    return await _draw(request, found, dict(request.query_params))


@get(HERE + "/check", guards=[needs_sign_in])
async def check(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    found = await round_run_by(actor, programme, edition, code)
    fields = dict(request.query_params)
    known = await queries.further_reads(found, actor, now)
    if refused := may_ask_for_reads(found.state, known.rule, known.read_before):
        return await _draw(request, found, fields, FormErrors({"": refused.why}), 403)
    try:
        command = _command(found, fields, found.version)
        problems(known, command, now, found)
    except Invalid as problem:
        return await _draw(request, found, fields, FormErrors(problem.errors), 422)
    names = {
        one.seat_id: one.name for entry in known.entries for one in entry.readers
    } | {read.seat_id: read.judge for read in known.reads}  # fmt: skip
    page = CheckPage(
        title=_("Ask for further reads?"),
        path=_path(found),
        back=f"{_path(found)}?{urlencode({name: value for name, value in fields.items() if value})}",
        version=found.version,
        reads=tuple(_chosen(known, *read, names) for read in _numbered(command.reads)),
        until=command.until,
        until_text=fields.get("until", ""),
        zone=found.edition.zone,
        written_to=tuple(
            (names.get(seat, _("A judge of a category that is not shown to you")), count)
            for seat, count in written_to(known, command).items()
        ),
        first=found.state is RoundState.CLOSED,
    )
    return _render(request, found, "results/extra_check.html", page)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await round_run_by(actor, programme, edition, code)
    fields = await read_fields(request)
    if refused := may_ask_for_reads(found.state):
        return await _draw(request, found, fields, FormErrors({"": refused.why}), 403)
    version = fields.get("version", "")
    try:
        command = _command(found, fields, int(version) if version.isdigit() and len(version) < 10 else -1)
        count = await services.ask_for_reads(command=command, actor=actor, clock=clock)
    except (Invalid, Denied, Stale) as problem:
        return await _again(request, found, fields, problem)
    text = ngettext("%(num)d judge is written to.", "%(num)d judges are written to.", count)
    return redirect(request, _path(found), flash=Flash("good", _("The reads are asked for"), text))


@post(HERE + "/undo", guards=[needs_sign_in], status_code=303)
async def undo(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await round_run_by(actor, programme, edition, code)
    fields = await read_fields(request)
    command = parse(UndoRead, {"round_id": found.id, "assignment": fields.get("assignment", "")})
    if isinstance(command, FormErrors):
        return await _draw(request, found, {}, FormErrors({"": " ".join(command.values())}), 422)
    try:
        closed = await services.undo_read(command=command, actor=actor, clock=clock)
    except (Denied, Stale) as problem:
        return await _again(request, found, {}, problem)
    text = _("Nothing else was asked for, so the round is closed again.") if closed else ""
    return redirect(request, _path(found), flash=Flash("good", _("The read is taken back"), text))


# --- drawing ------------------------------------------------------------------------------------------------


def _path(found: RoundRow) -> str:
    return f"{found.edition.desk}/extra/{found.code}"


def _command(found: RoundRow, fields: Mapping[str, str], version: int) -> AskForReads:
    until = instant_of(fields.get("until", ""), found.edition.zone)
    return AskForReads(round_id=found.id, version=version, reads=reads_of(fields), until=until)


def _numbered(reads: tuple[tuple[str, int], ...]) -> list[tuple[str, int, int]]:
    """With the number of the judge among those of the same entry."""
    order = [reference for reference, _seat in reads]
    return [
        (reference, seat, order[:place].count(reference) + 1) for place, (reference, seat) in enumerate(reads)
    ]


def _chosen(
    known: FurtherReads, reference: str, seat: int, number: int, names: Mapping[int, str]
) -> tuple[str, str, str, str]:
    entry = known.entry(reference)
    assert entry is not None
    return f"{READ}{reference}-{number}", str(seat), entry.entrant, names[seat]


async def _again(
    request: AnyRequest, found: RoundRow, fields: Mapping[str, str], problem: Exception
) -> Response[bytes]:
    """The page again, as the round is now, with what was chosen."""
    if isinstance(problem, Invalid):
        errors, status = FormErrors(problem.errors), 422
    elif isinstance(problem, Denied):
        errors, status = FormErrors({"": problem.why}), 403
    else:
        why = _("Somebody changed this before you. Look at it again.")
        errors, status = FormErrors({"": why}), 409
    edition = found.edition
    now = await round_run_by(actor_of(request), edition.programme, edition.slug, found.code)
    return await _draw(request, now, fields, errors, status)


async def _draw(
    request: AnyRequest,
    found: RoundRow,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    refused = may_ask_for_reads(found.state)
    known, told = FurtherReads((), (), (), None, False), _Told({}, {})
    if refused is None:
        results = await queries.round_results(found.edition.id, found.code)
        rivals = tuple(sorted(rivals_of(results.body).items()))
        known = await queries.further_reads(found, actor, now, frozenset(dict(rivals)))
        refused = may_ask_for_reads(found.state, known.rule, known.read_before)
        if refused is None and rivals:
            told = _Told(dict(rivals), await asyncio.to_thread(told_by, results.inputs, rivals))
    sections, unshown = _sections(known, values, told)
    zone = found.edition.zone
    until = values.get("until") or (local(known.until, zone) if known.until else "")
    page = ExtraPage(
        title=_("Further reads: %(round)s", round=found.name),
        round=found,
        path=_path(found),
        back=f"{found.edition.desk}/results/{found.code}",
        refused=refused.why if refused else "",
        hidden=known.hidden,
        reads=known.reads,
        until=known.until,
        sections=sections,
        unshown=unshown,
        entries=tuple(Choice(one.reference, f"{one.entrant}: {one.title}") for one in known.entries),
        entry=values.get("entry", "")[:30],
        values={**values, "until": until},
        may_change=in_secretariat(actor, found.edition.programme_id, found.edition.id),
        errors=errors,
    )
    return _render(request, found, "results/extra.html", page, status)


class _Told(Struct, frozen=True):
    """What further sheets would tell, and beside whom."""

    rivals: Mapping[str, str]
    worth: Told

    def of(self, reference: str, label: str) -> Worth | None:
        return self.worth.get(reference, {}).get(label)


def _sections(
    known: FurtherReads, values: Mapping[str, str], told: _Told
) -> tuple[tuple[tuple[str, str, str, tuple[ReadField, ...]], ...], int]:
    """Short entries first, then those on a prize line, then the one that was asked for by name."""
    asked = {values.get("entry", "")} | {name.removeprefix(READ).rpartition("-")[0] for name in values}
    short = [one for one in known.entries if one.missing]
    near = [one for one in known.entries if one.near and not one.missing]
    other = [one for one in known.entries if one.reference in asked and one not in short and one not in near]
    made = (
        ("short", _("Short of sheets"), "", short),
        (
            "near",
            _("On a prize line"),
            _(
                "The interval of the rank lies on both sides of the line. Each judge is offered with how often the better"
                " of the entry and its rival across the line would be ahead with that sheet; the most telling first."
            ),
            near,
        ),
        ("other", _("Chosen by you"), "", other),
    )
    left, unshown, sections = MOST_ENTRIES, 0, []
    for anchor, heading, text, entries in made:
        shown = entries[:left]
        left, unshown = left - len(shown), unshown + len(entries) - len(shown)
        if shown:
            fields = tuple(field for entry in shown for field in _fields_of(entry, known, told))
            sections.append((anchor, heading, text, fields))
    return tuple(sections), unshown


def _fields_of(entry: ReadableEntry, known: FurtherReads, told: _Told) -> list[ReadField]:
    counts = _("%(signed)d of %(wanted)d sheets signed off", signed=entry.signed, wanted=entry.wanted)
    if entry.coming:
        counts += ", " + ngettext("%(num)d being read", "%(num)d being read", entry.coming)
    if entry.missing:
        counts += ", " + ngettext("%(num)d missing", "%(num)d missing", entry.missing)
    if not entry.readers:
        counts += ". " + _("No judge of this panel can read it: each has read it or is in conflict.")
    offered = sorted(
        ((one, told.of(entry.reference, one.label)) for one in entry.readers),
        key=lambda pair: (not pair[0].began, -(pair[1].then if pair[1] else 0), pair[0].load, pair[0].name),
    )
    if offered and (best := offered[0][1]) is not None:
        counts += ". " + _telling(entry, best, offered[0][0].name, known)
    choices = tuple(Choice(str(one.seat_id), _offer(one, worth)) for one, worth in offered)
    # As many judges as sheets are missing, where there are as many.
    wished = min(max(entry.missing, 1), max(len(choices), 1))
    return [
        ReadField(
            f"{READ}{entry.reference}-{number}",
            f"{entry.entrant}, {entry.reference}" + (f" ({number})" if number != "1" else ""),
            counts if number == "1" else "",
            choices,
        )
        for number in NUMBERS[:wished]
    ]


def _telling(entry: ReadableEntry, best: Worth, judge: str, known: FurtherReads) -> str:
    """What is gained at best, in a sentence."""
    rival = known.entry(best.rival)
    return _(
        "Of this entry and %(rival)s the better one is ahead in %(now)s juries; with a sheet of %(judge)s it would be in %(then)s.",
        rival=rival.entrant if rival else best.rival,
        now=chance(round(best.now * MILLION)),
        then=chance(round(best.then * MILLION)),
        judge=judge,
    )


def _offer(one: Reader, worth: Worth | None) -> str:
    text = (
        _("%(name)s, began it and did not sign, %(load)d on the list", name=one.name, load=one.load)
        if one.began
        else _("%(name)s, %(load)d on the list", name=one.name, load=one.load)
    )
    return text if worth is None else f"{text} ({chance(round(worth.then * MILLION))})"


def _render(
    request: AnyRequest, found: RoundRow, template: str, page: object, status: int = 200
) -> Response[bytes]:
    home = f"{found.edition.desk}/results"
    last = page.title if isinstance(page, CheckPage) else _("Further reads")
    crumbs = (Link(home, _("Results")), Link(f"{home}/{found.code}", found.name), Link("", last, True))
    return on_desk(request, found.edition, template, page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [extra_page, check, ask, undo]
