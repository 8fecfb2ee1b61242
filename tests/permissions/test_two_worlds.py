"""Two databases that differ in what other judges marked, wrote and when: this judge meets the same bytes in both.

Every page that the table of routes opens to a judge, and every answer to what a judge does on the bench. Masked are only
random numbers and promises (32 hexadecimal digits or more, and the name of a receipt) and places in the audit trail, which counts everybody's acts.
"""

import re
from typing import Any

import pytest

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import FixedClock
from awards.db import transaction
from awards.outbox.tables import Message
from awards.panels.tables import Assignment
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from tests.databases import DRILL, ENGINE
from tests.factories import DAY, add
from tests.people import CHIARA
from tests.permissions.asking import Answer, ask
from tests.permissions.declared import declared
from tests.permissions.world import ROUND_OPENS, World, world

PAGES = sorted(route.path for route in declared() if route.method == "GET")
# The judge's own standing among others is shown once results are out: that is not a leak but the rule.
UNTIL_OUT = ("judging", "closed", "embargo")

CANARY = "Canarynote by another judge"
# What the judge does in turn, and what comes of it while the round is open.
ACTS = {
    "saved": 200, "sent again": 200, "from an older page": 409, "off the scale": 422, "by the button": 303,
    "undone": 303, "put back": 303, "signed": 303, "signed again": 303, "saved after": 403, "stepped aside": 303,
}  # fmt: skip

RANDOM = re.compile(rb"\b[0-9a-f]{32,128}\b|(?<=-00000-)[0-9A-F]{6}\b")
PLACES = re.compile(rb"(/receipts/|Place in the audit trail</dt><dd>|audit trail, place )[0-9]+")


async def others_differ(made: World) -> None:
    """Other marks, notes and confidence; other versions, times and states; and more acts in the trail."""
    sheets = await Scoresheet.raw(
        "SELECT sh.id, sh.assignment, sh.version, s.person FROM scoresheet sh JOIN assignment a ON a.id = sh.assignment"
        " JOIN seat s ON s.id = a.seat ORDER BY sh.id"
    )
    for number, row in enumerate(row for row in sheets if row["id"] not in made.sheets):
        sheet, judge = row["id"], Actor(person_id=row["person"], name="Another")
        await Mark.update({Mark.value: 10 - Mark.value}).where(Mark.scoresheet == sheet)
        await add(SheetNote, scoresheet=sheet, audience="city", text=CANARY)
        await add(
            SheetRevision, scoresheet=sheet, version=row["version"] + 1, actor_id=row["person"],
            operation=f"another-{number}", base_version=row["version"], change='{"marks":{},"notes":{}}',
        )  # fmt: skip
        await Scoresheet.update({Scoresheet.version: row["version"] + 1, Scoresheet.confidence: "low"}).where(
            Scoresheet.id == sheet
        )
        state = {"state": ("started", "recused", "set aside")[number % 3]} if number % 2 else {}
        await Assignment.update({"saved_at": ROUND_OPENS + 2 * DAY, **state}).where(
            Assignment.id == row["assignment"]
        )
        await record(
            Action.SHEET_SAVED, actor=judge, at=made.now, subject=("scoresheet", sheet),
            edition_id=made.season.edition_id, as_role="judge",
        )  # fmt: skip


def seen(answer: Answer) -> bytes:
    """Status, headers and body; every request has a random number of its own."""
    number = answer.headers["x-request-id"].encode()
    head = sorted((name, value) for name, value in answer.headers.items() if name != "content-length")
    whole = b"%d\n%s\n%s" % (answer.status, repr(head).encode(), answer.body)
    whole = whole.replace(number, b"#")
    return PLACES.sub(rb"\1#", RANDOM.sub(b"#", whole))


async def met(service: Any, made: World) -> dict[str, Answer]:
    """Whatever the judge can look at, and then whatever they can do, each act followed by a look at what it changes."""
    judge = made.askers["judge"]
    found = {path: await ask(service, "GET", made.address(path), judge) for path in PAGES}
    bench = made.address("/bench/{programme}/{edition}/{round_code}")
    own = f"{bench}/{made.values['reference']}"
    acts = (
        (f"{own}/save", {}),
        (f"{own}/save", {}),
        (own, {"version": "0", "mark_impact": "9"}),
        (own, {"version": "2", "mark_impact": "99"}),
        (own, {"version": "2", "mark_impact": "3", "mark_new": "4", "note_city": "Mine.", "next": "1"}),
        (own, {"version": "3", "mark_impact": "3", "undo": "1"}),
        (f"{own}/restore", {"version": "4", "revision": "3"}),
        (f"{bench}/sign", {"sheets": f"{made.values['reference']}:5"}),
        (f"{bench}/sign", {"sheets": f"{made.values['reference']}:5"}),
        (own, {"version": "6", "mark_impact": "1"}),
        (f"{own}/recuse", {"code": "other", "text": "A friend works there.", "version": "6"}),
    )
    looks = (bench, own, f"{own}/history", f"{bench}/sign", f"{bench}/receipts")
    for name, (path, form) in zip(ACTS, acts, strict=True):
        sent = {**made.form, "key": f"{len(found):032d}", **form}
        found[name] = await ask(service, "POST", path, judge, form=sent)
        for look in looks:
            found[f"{look} after: {name}"] = await ask(service, "GET", look, judge)
    found["mails"] = await mails(made)
    return found


@pytest.mark.parametrize("phase", UNTIL_OUT if ENGINE == "sqlite" or DRILL else ["judging"])
async def test_a_judge_meets_the_same_bytes_whatever_others_marked(
    service: Any, now: FixedClock, phase: str
) -> None:
    made = await world(phase)
    now.move_to(made.now)
    worlds = []
    for differs in (False, True):
        async with transaction() as level:
            level.discard()
            if differs:
                await others_differ(made)
            worlds.append(await met(service, made))
    one, other = worlds
    assert [name for name, answer in one.items() if seen(answer) != seen(other[name])] == []
    assert not any(CANARY.encode() in answer.body for answer in other.values())
    done = tuple(answer.status for name, answer in one.items() if name in ACTS)
    assert done == (tuple(ACTS.values()) if phase == "judging" else (403,) * len(ACTS))
    assert sum(answer.status == 200 for answer in one.values()) > 80


async def mails(made: World) -> Answer:
    rows = await Message.raw(
        'SELECT template, "values" FROM message WHERE "to" = {} ORDER BY id', CHIARA.email
    )
    return Answer(200, {"x-request-id": "none"}, repr(rows).encode())
