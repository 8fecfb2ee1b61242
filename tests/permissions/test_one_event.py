"""Whatever somebody changes is on the audit trail, once, or it did not happen.

Every form of every page is sent by somebody who may, in a transaction that is thrown away: what was written must have one
event with it. Sent again while the trail fails in its last statement, it must leave every row as it was.
"""

import hashlib
import re
from typing import Any

import pytest

from awards.audit import services as audit
from awards.clock import FixedClock
from awards.db import counting, transaction
from awards.piccolo_app import TABLES
from tests.databases import DRILL, ENGINE
from tests.permissions.asking import ask
from tests.permissions.declared import Route, declared
from tests.permissions.world import PHASES, ROLES, world

PHASES_WALKED = (
    ("open", "judging", "closed", "embargo")
    if DRILL
    else ("judging", "closed")
    if ENGINE == "sqlite"
    else ("closed",)
)
FORMS = [(route, row) for route, row in sorted(declared().items()) if route.method != "GET"]
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
# Of a browser and its visit alone: when it was last seen, what it sent in pieces, how often a password was tried.
OF_A_VISIT = frozenset({"session", "upload", "attempt", "sheet_opening"})
# Words to a group that nobody has sent: the event stands with the sending, under the hash of the words that went out.
UNSENT = frozenset({"mailing"})
# A mail to oneself, and a machine's work begun anew.
OF_NO_WEIGHT = ("/messages/{number}/test", "/files/{number}/retry")
TRAIL = frozenset({"event", "event_detail"})


@pytest.mark.parametrize("phase", PHASES_WALKED)
async def test_what_is_changed_has_one_event_or_did_not_happen(
    service: Any, now: FixedClock, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await world(phase)
    now.move_to(made.now)
    untold, kept, changed = [], [], 0
    before = await everything()
    for route, row in FORMS:
        role = next((one for one in ROLES if row[one][list(PHASES).index(phase)] == "+"), None)
        if role is None:
            continue

        async def sent(route: Route = route, role: str = role) -> list[str]:
            with counting() as counter:
                await ask(service, route.method, made.address(route.path), made.askers[role], form=made.form)
            return [found[1].lower() for sql in counter.statements if (found := WRITES.match(sql))]

        async with transaction() as level:
            level.discard()
            written = await sent()
        if route.path.endswith(OF_NO_WEIGHT) or not set(written) - TRAIL - OF_A_VISIT - UNSENT:
            continue
        changed += 1
        if written.count("event") != 1:
            untold.append(f"{route} as {role} writes {written}")
        async with transaction() as level:
            level.discard()
            with monkeypatch.context() as failing:
                failing.setattr(audit, "hash_of", _fails)
                await sent()
            if await everything() != before:
                kept.append(f"{route} as {role}")
    assert untold == [], "\n".join(untold)
    assert kept == [], "\n".join(kept)
    assert changed > 20


def _fails(_event: object) -> str:
    raise RuntimeError("the trail cannot be written")


async def everything() -> str:
    """Every row of every table, but for what belongs to a visit."""
    found = hashlib.sha256()
    for table in TABLES:
        if table._meta.tablename not in OF_A_VISIT:
            rows = await table.select().order_by(table._meta.primary_key)
            found.update(repr([list(row.values()) for row in rows]).encode())
    return found.hexdigest()
