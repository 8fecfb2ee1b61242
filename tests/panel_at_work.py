"""A round in full swing, in a database that keeps what is written: judges at work, each signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.table import Table

from awards import ids
from awards.accounts import sessions
from awards.accounts.tables import Person
from awards.accounts.tables import Session as SessionRow
from awards.cities.tables import Entrant
from awards.db import transaction
from awards.editions.tables import EditionRule, Round
from awards.entries.tables import Answer, AnswerRevision, Entry, EntryVersion
from awards.panels.rules import terms_hash
from awards.panels.tables import Affiliation, Assignment, Judge, RoundEntry, Seat, TermsAcceptance
from tests import factories
from tests.factories import DAY, Season, sealed

PIECE = 500


@dataclass(frozen=True, slots=True)
class JudgeAtWork:
    """A judge with a browser: the cookie and the form token of a live session."""

    person_id: int
    seat_id: int
    token: str
    csrf: str
    references: tuple[str, ...]

    @property
    def headers(self) -> dict[str, str]:
        return {"cookie": f"session={self.token}", "x-csrf-token": self.csrf, "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class PanelAtWork:
    season: Season
    judges: tuple[JudgeAtWork, ...]
    top: int = 10
    criteria: tuple[str, ...] = ("impact", "new")

    @property
    def bench(self) -> str:
        return f"/bench/{self.season.programme}/{self.season.edition}/first"

    def saving(self, reference: str) -> str:
        """Where autosave.js posts its operations."""
        return f"{self.bench}/{reference}/save"


async def panel_at_work(*, judges: int, entries: int, sheets_per_judge: int, now: datetime) -> PanelAtWork:
    """The round is open at `now`; judge number j has the entries j, j + 1, … in a ring."""
    season = await factories.season(
        state="judging", round_state="open", opens=now - 60 * DAY, closes=now - 10 * DAY,
        round_opens=now - DAY, round_closes=now + 30 * DAY,
    )  # fmt: skip
    async with transaction():
        await Round.update({Round.not_enough_evidence: True}).where(Round.id == season.round_id)
        placed = await _entries(season, entries, now)
        people = await _rows(Person, [{"name": f"Judge {number + 1}"} for number in range(judges)])
        seats = await _seats(season, people, now)
        reading = [
            [placed[(start + step) % entries] for step in range(sheets_per_judge)] for start in range(judges)
        ]
        await _rows(
            Assignment,
            [
                {"round_entry": round_entry, "seat": seat}
                for seat, theirs in zip(seats, reading, strict=True)
                for round_entry, _reference in theirs
            ],
        )
        working = [
            JudgeAtWork(
                person, seat, *await _session(person, now), tuple(reference for _row, reference in theirs)
            )
            for person, seat, theirs in zip(people, seats, reading, strict=True)
        ]
    return PanelAtWork(season, tuple(working))


async def _entries(season: Season, entries: int, now: datetime) -> list[tuple[int, str]]:
    """The id in the round and the reference of each."""
    names = [f"City {number + 1}" for number in range(entries)]
    cities = await _rows(
        Entrant,
        [
            {"name": name, "folded": name.casefold(), "country": "KR", "state": "approved", "region": "Asia"}
            for name in names
        ],
    )
    references = [f"WG26-{number:05d}" for number in range(entries)]
    made = await _rows(
        Entry,
        [
            {
                "edition": season.edition_id, "entrant": city, "category": season.category_id, "version": 1,
                "state": "eligible", "reference": reference, "title": f"Practice {reference}",
                "submitted_at": now - 20 * DAY,
            }
            for city, reference in zip(cities, references, strict=True)
        ],
    )  # fmt: skip
    text = "Buses that lower their floor, and drivers who wait until everybody sits."
    body, sha256 = sealed({"answers": {"summary": text}})
    said = {"question": season.question_id, "value": text, "saved_at": now - 20 * DAY}
    answers = await _rows(Answer, [{"entry": entry, "version": 1, **said} for entry in made])
    await _rows(AnswerRevision, [{"answer": answer, "version": 1, "value": text} for answer in answers])
    versions = await _rows(
        EntryVersion,
        [
            {"entry": entry, "number": 1, "body": body, "sha256": sha256, "arrived_at": now - 20 * DAY}
            for entry in made
        ],
    )
    placed = await _rows(
        RoundEntry,
        [
            {
                "round": season.round_id, "entry": entry, "entry_version": version,
                "created_at": now - 5 * DAY,
            }
            for entry, version in zip(made, versions, strict=True)
        ],
    )  # fmt: skip
    return list(zip(placed, references, strict=True))


async def _seats(season: Season, people: list[int], now: datetime) -> list[int]:
    await _rows(Judge, [{"person": person, "joined_at": now - DAY} for person in people])
    await _rows(
        Affiliation, [{"person": person, "country": "FR", "since": now - 3650 * DAY} for person in people]
    )
    terms = terms_hash(await _terms(season))
    await _rows(
        TermsAcceptance,
        [
            {"person": person, "edition": season.edition_id, "terms_sha256": terms, "accepted_at": now - DAY}
            for person in people
        ],
    )
    return await _rows(
        Seat,
        [
            {
                "round": season.round_id, "person": person, "state": "accepted", "label": f"J{number:04d}",
                "conflicts_declared_at": now - DAY,
            }
            for number, person in enumerate(people)
        ],
    )  # fmt: skip


async def _terms(season: Season) -> str:
    rule = (EditionRule.edition == season.edition_id) & (EditionRule.code == "terms")
    rows = await EditionRule.select(EditionRule.value).where(rule)
    return str(rows[0]["value"])


async def _session(person_id: int, now: datetime) -> tuple[str, str]:
    token = await sessions.start(person_id, at=now, agent="tests", address="127.0.0.1")
    mine = SessionRow.token_sha256 == ids.token_hash(token)
    rows = await SessionRow.select(SessionRow.csrf).where(mine)
    return token, str(rows[0]["csrf"])


async def _rows(table: type[Table], values: list[dict[str, Any]]) -> list[int]:
    made: list[int] = []
    for start in range(0, len(values), PIECE):
        piece = values[start : start + PIECE]
        rows = await table.insert(*(table(**{"created_at": factories.AT, **row}) for row in piece))
        made += [int(row["id"]) for row in rows]
    return made
