"""The judges of the demonstration: what the pool says of them, and how they judge the running edition."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from random import Random

from msgspec import Struct

from awards import ids
from awards.actor import Actor
from awards.clock import FixedClock
from awards.db import transaction
from awards.demo.plant import CRITERIA, JUDGES
from awards.editions.tables import Field
from awards.panels import pool
from awards.panels.tables import Assignment, Judge
from awards.scoresheets.forms import SaveSheet, SignSheets
from awards.scoresheets.rules import Change
from awards.scoresheets.services import open_sheet, save_sheet, sign_sheets
from awards.scoresheets.steps import Where

KNOWN = Path(__file__).parent / "judges.csv"
# What part of their entries each has signed, in the order of JUDGES: from done to not begun.
SIGNED = (1.0, 0.7, 0.5, 0.0, 0.3, 0.7, 0.3, 0.0, 0.5, 1.0, 0.2, 0.5)


async def describe_judges(programme_id: int, people: Mapping[str, int], at: datetime) -> None:
    rows = await Field.select(Field.id, Field.code).where(Field.programme == programme_id)
    fields = {row["code"]: row["id"] for row in rows}
    with KNOWN.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    async with transaction():
        for row in known:
            person = people[row["name"]]
            await Judge.update(
                {Judge.biography: row["biography"], Judge.languages: row["languages"], Judge.named_since: at}
            ).where(Judge.person == person)
            await pool.belong(person, kind="employer", wanted=("", row["employer"], None), at=at)
            levels = (part.split() for part in row["knows"].split(";"))
            await pool.know(person, {fields[code]: int(level) for code, level in levels}, at)


class Sitting(Struct, frozen=True):
    """One entry read at one time; the last one of a judge is begun and not finished."""

    at: datetime
    name: str
    reference: str
    finished: bool


_GIVEN = """
SELECT e.reference, p.name FROM assignment a
JOIN round_entry x ON x.id = a.round_entry JOIN entry e ON e.id = x.entry
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
WHERE x.round = {} ORDER BY p.id, e.id
"""


async def judge_for_days(
    where: Where, round_id: int, people: Mapping[str, int], *, idle: str, until: datetime, clock: FixedClock
) -> None:
    """From now on until then each works at their own pace; one has yet to declare conflicts, one is silent."""
    given: dict[str, list[str]] = {}
    for row in await Assignment.raw(_GIVEN, round_id):
        given.setdefault(row["name"], []).append(row["reference"])
    random = Random(7)  # noqa: S311 - marks of a demonstration, the same each time
    sittings: list[Sitting] = []
    for (name, _country, _severity), share in zip(JUDGES, SIGNED, strict=True):
        if name != idle and share:
            sittings += _sittings(name, given.get(name, []), share, clock.now(), until, random)
    severity = {name: planted for name, _country, planted in JUDGES}
    for sitting in sorted(sittings, key=lambda one: (one.at, one.name)):
        clock.move_to(sitting.at)
        marks: dict[str, int | None] = {
            code: max(0, min(10, round(6.5 - severity[sitting.name] + random.gauss(0, 1.2))))
            for code in CRITERIA
        }
        await _sit(sitting, where, marks, Actor(person_id=people[sitting.name], name=sitting.name), clock)


def _sittings(
    name: str, references: list[str], share: float, start: datetime, until: datetime, random: Random
) -> Iterable[Sitting]:
    done = round(share * len(references))
    taken = references[: done + 1]
    times = sorted(random.uniform(0.02, 0.98) for _reference in taken)
    for place, (reference, part) in enumerate(zip(taken, times, strict=True)):
        yield Sitting(start + part * (until - start), name, reference, place < done)


async def _sit(
    sitting: Sitting, where: Where, marks: dict[str, int | None], actor: Actor, clock: FixedClock
) -> None:
    here = Where(where.programme, where.edition, where.round, sitting.reference)
    await open_sheet(where=here, actor=actor, clock=clock)
    kept = marks if sitting.finished else {code: marks[code] for code in CRITERIA[:3]}
    saved = await save_sheet(
        where=here,
        command=SaveSheet(key=ids.salt(), base_version=0, change=Change(marks=kept, notes={})),
        actor=actor,
        clock=clock,
    )
    if sitting.finished:
        await sign_sheets(
            programme=where.programme,
            edition=where.edition,
            round_code=where.round,
            command=SignSheets(sheets=(f"{sitting.reference}:{saved.version}",), agree="1"),
            actor=actor,
            clock=clock,
        )
