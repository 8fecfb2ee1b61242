"""The judges of the demonstration: what the pool says of them, and how they judge the running edition."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
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
from awards.scoresheets.pace import PAUSE
from awards.scoresheets.rules import Change, reading_order
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


class Act(Struct, frozen=True):
    """A judge opens an entry (0), marks it criterion after criterion (1, 2, …), and signs it off (one more)."""

    at: datetime
    name: str
    reference: str
    step: int


SIGNS = len(CRITERIA) + 1
# What the last one of a judge is left with: begun and not finished.
LEFT_AT = 3

_GIVEN = """
SELECT e.reference, p.name, s.label, (r.bridge_first AND x.bridge) AS calibration FROM assignment a
JOIN round_entry x ON x.id = a.round_entry JOIN round r ON r.id = x.round JOIN entry e ON e.id = x.entry
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
WHERE x.round = {} ORDER BY p.id, e.id
"""


async def judge_for_days(
    where: Where, round_id: int, people: Mapping[str, int], *, idle: str, until: datetime, clock: FixedClock
) -> None:
    """From now on until then each works at their own pace; one has yet to declare conflicts, one is silent."""
    given: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    first: set[str] = set()
    for row in await Assignment.raw(_GIVEN, round_id):
        given.setdefault(row["name"], []).append(row["reference"])
        labels[row["name"]] = row["label"]
        if row["calibration"]:
            first.add(row["reference"])
    random = Random(7)  # noqa: S311 - marks of a demonstration, the same each time
    acts: list[Act] = []
    for (name, _country, _severity), share in zip(JUDGES, SIGNED, strict=True):
        if name != idle and share and name in given:
            order = reading_order(labels[name], given[name], first)
            acts += _acts(name, order, share, clock.now(), until, random)
    severity = {name: planted for name, _country, planted in JUDGES}
    for act in sorted(acts, key=lambda one: (one.at, one.name)):
        clock.move_to(act.at)
        mark = max(0, min(10, round(6.5 - severity[act.name] + random.gauss(0, 1.2))))
        await _do(act, where, mark, Actor(person_id=people[act.name], name=act.name), clock)


def _acts(
    name: str, references: list[str], share: float, start: datetime, until: datetime, random: Random
) -> Iterable[Act]:
    done = round(share * len(references))
    taken = references[: done + 1]
    starts = sorted(random.uniform(0.02, 0.9) for _reference in taken)
    at = start
    for place, (reference, part) in enumerate(zip(taken, starts, strict=True)):
        at = max(at + PAUSE, start + part * (until - start))
        for step in range((SIGNS if place < done else LEFT_AT) + 1):
            yield Act(at, name, reference, step)
            # Reading takes longest, signing hardly any time.
            at += timedelta(minutes=random.uniform(6, 13) if step == 0 else random.uniform(1, 5))


async def _do(act: Act, where: Where, mark: int, actor: Actor, clock: FixedClock) -> None:
    here = Where(where.programme, where.edition, where.round, act.reference)
    if act.step == 0:
        await open_sheet(where=here, actor=actor, clock=clock)
    elif act.step < SIGNS:
        change = Change(marks={CRITERIA[act.step - 1]: mark}, notes={})
        command = SaveSheet(key=ids.salt(), base_version=act.step - 1, change=change)
        await save_sheet(where=here, command=command, actor=actor, clock=clock)
    else:
        await sign_sheets(
            programme=where.programme,
            edition=where.edition,
            round_code=where.round,
            command=SignSheets(sheets=(f"{act.reference}:{len(CRITERIA)}",), agree="1"),
            actor=actor,
            clock=clock,
        )
