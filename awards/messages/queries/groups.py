"""Who is of a group at this instant: a query for each, asked at the preview and again when it is sent.

The callers have checked that the reader runs the edition.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct

from awards.cities.tables import Official
from awards.editions.queries import EditionRow
from awards.editions.queries.deadlines import OWN_UNTIL
from awards.editions.rules import RoundState, later, scopes_of
from awards.editions.tables import RoleGrant
from awards.entries.queries.submitted import title_in
from awards.entries.tables import Entry
from awards.errors import NotFound
from awards.messages.rules import SILENT_FOR, Group, LeftOut, Part, Recipient, left_out
from awards.panels.rules import ACTIVE, deadline_of
from awards.panels.tables import Assignment, Seat
from awards.publication.queries import visible_publication
from awards.publication.rules import BY_NAME


class OfRound(Struct, frozen=True):
    id: int
    code: str
    name: str
    state: RoundState
    opens: datetime
    closes: datetime


class Of(Struct, frozen=True):
    """What a message is to: the group, and the category or the round that it is of."""

    group: Group
    category_id: int | None = None
    category: str = ""
    round: OfRound | None = None

    @property
    def part(self) -> str:
        """The name of the category or the round, "" for the whole edition."""
        return self.round.name if self.round else self.category


_PERSON = "p.id AS person_id, p.name, p.lang, p.zone, p.disabled_at, m.address, m.confirmed_at"
_WITH_PERSON = "LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE"
_ACTING = (
    "JOIN official o ON o.entrant = n.entrant AND o.since <= {} AND (o.until IS NULL OR o.until > {})"
    f" JOIN person p ON p.id = o.person AND p.erased_at IS NULL {_WITH_PERSON}"
)
_ORDER = " ORDER BY p.name, p.id"


async def recipients_of(
    edition: EditionRow, of: Of, closes: datetime | None, now: datetime
) -> list[Recipient]:
    """Everybody of the group once, also who cannot be written to; `closes` is when the call does."""
    return await _QUERIES[of.group](edition, of, closes, now)


async def _drafts(edition: EditionRow, _of: Of, closes: datetime | None, now: datetime) -> list[Recipient]:
    rows = await Official.raw(
        f"SELECT {_PERSON}, n.reference, '' AS title, {OWN_UNTIL} AS own_until FROM entry n {_ACTING}"  # noqa: S608  our own words
        " WHERE n.edition = {} AND n.state = 'draft' AND o.role <> 'reader'" + _ORDER + ", n.reference",
        now, now, edition.id,
    )  # fmt: skip
    return _once(rows, closes=closes)


async def _entrants(edition: EditionRow, of: Of, _closes: datetime | None, now: datetime) -> list[Recipient]:
    only, values = ("", []) if of.category_id is None else (" AND n.category = {}", [of.category_id])
    states = " AND n.state IN ('submitted', 'eligible')"
    rows = await Official.raw(_entries(states + only), now, now, edition.id, *values)
    return _once(rows)


async def _winners(edition: EditionRow, _of: Of, _closes: datetime | None, now: datetime) -> list[Recipient]:
    publication = await visible_publication(edition.id, now)
    if publication is None or publication.kind in BY_NAME:
        raise NotFound
    rows = await Official.raw(_entries(f" AND n.id IN ({_WON})"), now, now, edition.id, publication.id)
    return _once(rows)


async def _without_prize(
    edition: EditionRow, _of: Of, _closes: datetime | None, now: datetime
) -> list[Recipient]:
    publication = await visible_publication(edition.id, now)
    if publication is None or publication.kind in BY_NAME:
        raise NotFound
    others = f" AND n.state = 'eligible' AND n.entrant NOT IN (SELECT x.entrant FROM entry x WHERE x.id IN ({_WON}))"  # noqa: S608  our own words
    rows = await Official.raw(_entries(others), now, now, edition.id, publication.id)
    return _once(rows)


_WON = (
    "SELECT w.entry FROM published_entry w WHERE w.publication = {} AND w.prize <> '' AND w.entry IS NOT NULL"
)


def _entries(which: str) -> str:
    """Who acts for submitted entries, under the title that was submitted."""
    return (
        f"SELECT {_PERSON}, n.reference, COALESCE(NULLIF({title_in('v.body')}, ''), n.title) AS title"  # noqa: S608  our own words
        f" FROM entry n {_ACTING} JOIN entry_version v ON v.entry = n.id"
        " AND v.number = (SELECT MAX(x.number) FROM entry_version x WHERE x.entry = n.id)"
        " WHERE n.edition = {}" + which + _ORDER + ", n.reference"
    )


_ACTIVE = ", ".join(f"'{state}'" for state in ACTIVE)


async def _judges(edition: EditionRow, of: Of, _closes: datetime | None, now: datetime) -> list[Recipient]:
    round_, more = _round(of), ""
    # While a round reads single entries once more, its other sheets are over.
    own = " AND a.extra_until > {}" if round_.state is RoundState.EXTRA else ""
    left = f"SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id AND a.state IN ({_ACTIVE}) AND a.state <> 'signed'{own}"  # noqa: S608  our own words
    values: list[Any] = [*([now] if own else []), round_.id]
    if of.group is not Group.JUDGES:
        more = f" AND ({left}) > 0"
        values += [now] if own else []
    if of.group is Group.SILENT:
        since = now - SILENT_FOR
        if round_.opens > since:
            return []
        # As the board of progress has it: nobody is silent about what they have just been given.
        heard = " OR ".join(f"a.{at} > {{}}" for at in ("opened_at", "saved_at", "signed_at"))
        more += f" AND ({left} AND a.created_at <= {{}}) > 0"
        more += f" AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.seat = s.id AND a.state <> 'withdrawn' AND ({heard}))"  # noqa: S608  our own words
        values += [*([now] if own else []), since, since, since, since]
    rows = await Seat.raw(_seats("accepted", more, f"({left})"), *values)
    extra = await _extra_until(round_, now) if own else None
    return [_judge(row, round_, extra, needs_confirmed=True) for row in rows]


async def _invited(edition: EditionRow, of: Of, _closes: datetime | None, now: datetime) -> list[Recipient]:
    round_ = _round(of)
    # An invitation is how an address gets confirmed.
    rows = await Seat.raw(_seats("invited", "", "0"), round_.id)
    return [_judge(row, round_, None, needs_confirmed=False) for row in rows]


def _seats(state: str, more: str, left: str) -> str:
    return (
        f"SELECT {_PERSON}, s.extended_until, {left} AS sheets_left FROM seat s"  # noqa: S608  our own words
        f" JOIN person p ON p.id = s.person AND p.erased_at IS NULL {_WITH_PERSON}"
        " WHERE s.round = {}" + f" AND s.state = '{state}'" + more + _ORDER
    )


def _round(of: Of) -> OfRound:
    if of.round is None:
        raise NotFound
    return of.round


async def _extra_until(round_: OfRound, now: datetime) -> datetime | None:
    rows = await Assignment.raw(
        "SELECT a.extra_until FROM assignment a JOIN seat s ON s.id = a.seat"
        " WHERE s.round = {} AND a.extra_until > {} ORDER BY a.extra_until LIMIT 1",
        round_.id, now,
    )  # fmt: skip
    return rows[0]["extra_until"] if rows else None


def _judge(
    row: Mapping[str, Any], round_: OfRound, extra: datetime | None, *, needs_confirmed: bool
) -> Recipient:
    until = deadline_of(
        state=round_.state, closes=round_.closes, extended_until=row["extended_until"], extra_until=extra
    )
    return _recipient(
        row, needs_confirmed=needs_confirmed, deadline=until, sheets_left=int(row["sheets_left"])
    )


async def _screeners(
    edition: EditionRow, _of: Of, _closes: datetime | None, now: datetime
) -> list[Recipient]:
    programme, own = scopes_of(edition.programme_id, edition.id)
    rows = await RoleGrant.raw(
        f"SELECT DISTINCT {_PERSON} FROM role_grant g"  # noqa: S608  our own words
        f" JOIN person p ON p.id = g.person AND p.erased_at IS NULL {_WITH_PERSON}"
        " WHERE g.role = 'screener' AND g.scope IN ('instance', {}, {}) AND g.since <= {}"
        " AND (g.until IS NULL OR g.until > {})" + _ORDER,
        programme, own, now, now,
    )  # fmt: skip
    return [_recipient(row) for row in rows]


Query = Callable[[EditionRow, Of, datetime | None, datetime], Awaitable[list[Recipient]]]

_QUERIES: Mapping[Group, Query] = {
    Group.DRAFTS: _drafts,
    Group.ENTRANTS: _entrants,
    Group.JUDGES: _judges,
    Group.UNFINISHED: _judges,
    Group.SILENT: _judges,
    Group.INVITED: _invited,
    Group.SCREENERS: _screeners,
    Group.WINNERS: _winners,
    Group.WITHOUT_PRIZE: _without_prize,
}


def _once(rows: Iterable[Mapping[str, Any]], *, closes: datetime | None = None) -> list[Recipient]:
    """Who acts for several entries, or for one in two ways, is one recipient with all of them.

    `closes` is everybody's deadline. Of those that count for the entries of one person the mail names the first.
    """
    found = []
    for _person, of_one in groupby(rows, key=itemgetter("person_id")):
        theirs = list(of_one)
        parts = {row["reference"]: Part(row["reference"], row["title"] or "") for row in theirs}
        deadlines = [at for at in (later(closes, row.get("own_until")) for row in theirs) if at is not None]
        found.append(
            _recipient(theirs[0], entries=tuple(parts.values()), deadline=min(deadlines, default=None))
        )
    return found


def _recipient(row: Mapping[str, Any], *, needs_confirmed: bool = True, **more: Any) -> Recipient:
    out: LeftOut | None = left_out(
        address=row["address"] or "",
        confirmed=row["confirmed_at"] is not None,
        disabled=row["disabled_at"] is not None,
        needs_confirmed=needs_confirmed,
    )
    return Recipient(
        row["person_id"], row["name"], row["lang"], row["zone"], row["address"] or "", out, **more
    )


async def names_of(people: Iterable[int]) -> list[str]:
    """For sentences about who came and went."""
    wanted = sorted(set(people))
    found: list[str] = []
    for start in range(0, len(wanted), 500):
        piece = wanted[start : start + 500]
        places = ", ".join("{}" for _number in piece)
        rows = await Entry.raw(f"SELECT name FROM person WHERE id IN ({places}) ORDER BY name, id", *piece)  # noqa: S608  placeholders are joined
        found += [row["name"] for row in rows]
    return found
