"""A panel's deliberation on one category, as those who deliberate see it. Read by `queries.meeting`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.approving import Deed
from awards.panels.queries import RoundRow
from awards.results.deliberating import Act, absences, among, order_after
from judging import sha256_of

CONCLUDE = Deed.CONCLUDE
SECRETARIAT, AUDITOR, CHAIR, JURY, SCORER = "secretariat", "auditor", "chair", "jury", "scorer"
# What a member still owes before they sit down: the terms, or a declaration of conflicts.
OWED = "owed"
# Whose word is put on record; scorers who deliberate too are heard by the chair.
SPEAKERS = (SECRETARIAT, CHAIR, JURY)
# Others than the secretariat and the auditor read an average from so many sheets on.
ENOUGH = 3


class ActRow(Struct, frozen=True):
    number: int
    kind: str
    run_id: int
    round_entry: int | None
    entry: str
    person_id: int | None
    person: str
    place: int | None
    level: bool
    marks: Mapping[str, int]
    title: str
    reason: str
    file_id: int | None
    file_name: str
    file_state: str
    by_id: int
    by: str
    as_role: str
    at: datetime

    def document(self) -> dict[str, Any]:
        """All that was signed by it; who left the room, and what the file holds, by their numbers."""
        return {
            "number": self.number,
            "kind": self.kind,
            "entry": self.entry,
            "person": self.person_id,
            "place": self.place,
            "level": self.level,
            "marks": dict(self.marks),
            "title": self.title,
            "reason": self.reason,
            "file": self.file_id,
            "by": self.by_id,
            "as_role": self.as_role,
        }

    @property
    def said(self) -> Act:
        return Act(self.number, self.kind, self.entry, self.place, self.level, self.person_id)


class Conclusion(Struct, frozen=True):
    """The first signature under it, and the second where it is given; `statement` is for everybody."""

    approval: int
    sha256: str
    statement: str
    asked_by: int
    first: str
    second: str
    at: datetime


class Meeting(Struct, frozen=True):
    """`run_id` is what the panel deliberates on, or would; `adopted_id` is the run that is adopted now."""

    round: RoundRow
    category_id: int
    category: str
    name: str
    terms_sha256: str
    id: int | None
    state: str
    whole_panel: bool
    agenda: tuple[str, ...]
    run_id: int | None
    run_number: int
    run_method: str
    run_sha256: str
    adopted_id: int | None
    body: Mapping[str, Any]
    inputs: Mapping[str, Any]
    acts: tuple[ActRow, ...]
    conclusion: Conclusion | None

    @property
    def path(self) -> str:
        edition = self.round.edition
        return f"/deliberations/{edition.programme}/{edition.slug}/{self.round.code}/{self.category}"

    @property
    def current(self) -> bool:
        return self.run_id is not None and self.run_id == self.adopted_id

    @property
    def asked(self) -> bool:
        """Whether one person signed the conclusion and the second has not."""
        return self.conclusion is not None and not self.conclusion.second

    @property
    def standings(self) -> list[Mapping[str, Any]]:
        return [
            one
            for one in self.body.get("standings", ())
            if one["scope"] == "all" and one["category"] == self.category
        ]

    @property
    def ranks(self) -> dict[str, int | None]:
        return {one["entry"]: one["rank"] for one in self.standings}

    @property
    def counting(self) -> tuple[ActRow, ...]:
        """Acts on the run that is deliberated on; those on a run before stay readable and move nothing."""
        return tuple(act for act in self.acts if act.run_id == self.run_id)

    @property
    def order(self) -> dict[str, int | None]:
        return order_after(self.ranks, [act.said for act in self.counting])

    @property
    def moves(self) -> int:
        """The number of the last act that could have changed the order: a form says which it was drawn from."""
        return max((act.number for act in self.acts if act.kind in ("move", "renew")), default=0)

    @property
    def out(self) -> dict[int, str]:
        return absences(act.said for act in self.acts)

    def fingerprint(self) -> str:
        """Of exactly what two people conclude: the run, the acts on it, and the order that follows."""
        return sha256_of(
            {
                "round": self.round.id,
                "category": self.category,
                "run": self.run_sha256,
                "order": self.order,
                "acts": [act.document() for act in self.counting],
            }
        )


class Member(Struct, frozen=True):
    person_id: int
    name: str
    role: str
    declared: bool
    """Whether they declared their conflicts, with every entry of the category in view."""
    terms_sha256: str


class Judged(Struct, frozen=True):
    """A criterion as the category is judged by it."""

    code: str
    name: str
    weight: int
    origin_milli: int
    step_milli: int
    top: int

    def value(self, mark: int) -> int:
        """In millionths of a scale unit."""
        return (self.origin_milli + mark * self.step_milli) * 1000


class MetEntry(Struct, frozen=True):
    """`city` is empty in a blind round."""

    round_entry: int
    entry_id: int
    reference: str
    title: str
    lang: str
    state: str
    city: str

    @property
    def name(self) -> str:
        return self.city or self.title


class Sitting(Struct, frozen=True):
    """The deliberation as `role` sees it; `hidden` are the references that a conflict keeps from the reader."""

    meeting: Meeting
    role: str
    reader: int
    members: tuple[Member, ...]
    """Those of the panel who deliberate, or would."""
    criteria: tuple[Judged, ...]
    entries: Mapping[str, MetEntry]
    conflicts: Mapping[int, frozenset[str]]
    hidden: frozenset[str]

    @property
    def shown(self) -> dict[str, MetEntry]:
        return {ref: entry for ref, entry in self.entries.items() if ref not in self.hidden}

    @property
    def speaks(self) -> bool:
        return self.role in SPEAKERS

    @property
    def is_out(self) -> bool:
        """Whether the reader has left the room; the secretariat keeps the record, wherever it sits."""
        return self.role != SECRETARIAT and self.reader in self.meeting.out

    @property
    def whole(self) -> bool:
        """Whether the reader sees every entry, and so the places as they are."""
        return not self.hidden

    @property
    def may_see_few(self) -> bool:
        return self.role in (SECRETARIAT, AUDITOR)

    def places(self, ranks: Mapping[str, int | None]) -> Mapping[str, int | None]:
        """As they are; who is kept from an entry sees places among the others only."""
        return ranks if self.whole else among(ranks, self.shown.keys())

    def names(self, persons: Collection[int]) -> list[str]:
        return [one.name for one in self.members if one.person_id in persons]


def concluded(fingerprint: str, statement: str) -> str:
    """What the second signature is asked for: the deliberation, and what is told of it."""
    return sha256_of({"deliberation": fingerprint, "statement": statement})
