"""Every route, method, role and phase of a season, against one declared table: tests/permissions/table.txt.

A route that the table does not know fails, and so does a line for a route that is gone. In the same walk:
to look changes nothing, a form without its token or from elsewhere changes nothing, and nobody reads
what is not theirs yet.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

import pytest

from awards.app import routes_of
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting, transaction
from awards.piccolo_app import TABLES
from awards.web import render as page_drawing
from tests.databases import DRILL, ENGINE
from tests.permissions import canaries
from tests.permissions.asking import Answer, ask
from tests.permissions.canaries import CITATION, COMMENTS, WINNER
from tests.permissions.declared import SIGNS, BadTable, Route, declared, read_table
from tests.permissions.marks import other_marks
from tests.permissions.world import PHASES, ROLES, world

DONE, AGAIN, HIDDEN, REFUSED, SIGN_IN = list(SIGNS)
TABLE = declared()
# The rules are the same code on both engines: on the second it is enough to see that each kind of query runs.
ALL = ENGINE == "sqlite" or DRILL
WALKED = tuple(PHASES) if ALL else ("judging",)
FORGED = ("open", "judging", "embargo") if ALL else ("judging",)
# Every page before the announcement, where most could leak. Beside that the cells whose answer is new in a phase, and a
# fifth of the rest, another in each phase; the drill asks them all.
BEFORE = [phase for phase in PHASES if phase not in ("published", "archived")]
# What looking may write: when a session was last seen, and that a judge opened a sheet.
NOTES = re.compile(r'^(UPDATE "?session"? SET "?seen_at|INSERT INTO "?sheet_opening)', re.IGNORECASE)
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|DROP|CREATE|ALTER|TRUNCATE)\b", re.IGNORECASE)


def routes(app: Any) -> set[Route]:
    found = set()
    for handler in routes_of(app.litestar):
        for path in handler.paths:
            plain = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
            found |= {Route(plain, str(method)) for method in handler.http_methods if method != "OPTIONS"}
    return found


def meaning(route: Route, answer: Answer) -> str:
    """The sign of an answer. Everything that no rule of ours gives (400, 405, 500) has none."""
    if answer.status == 401 or (answer.status == 303 and answer.location.startswith("/sign-in?next=")):
        return SIGN_IN
    if answer.status in (200, 201, 303, 410):
        return DONE
    return {422: AGAIN, 404: HIDDEN, 403: REFUSED, 409: REFUSED}.get(answer.status, str(answer.status))


def test_every_route_is_declared_and_every_declared_route_exists(service: Any) -> None:
    real = routes(service)
    assert {str(route) for route in real - TABLE.keys()} == set(), "say in the table who may do what"
    assert {str(route) for route in TABLE.keys() - real} == set(), "these routes are gone"


@pytest.mark.parametrize("phase", WALKED)
async def test_everybody_meets_what_the_table_says(
    service: Any, now: FixedClock, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await world(phase)
    now.move_to(made.now)
    wrong, wrote, told = [], [], []
    before = await digest()
    column = list(PHASES).index(phase)
    pages = page_drawing.draw
    # What a page says is asked only where somebody looks; drawing the others would take half of the time.
    drawn = ""
    monkeypatch.setattr(
        page_drawing,
        "draw",
        lambda *page: pages(*page) if DRILL or (drawn == "GET" and phase in BEFORE) else b"",
    )
    for route, row in sorted(TABLE.items()):
        for role in ROLES:
            if not is_walked(route, role, column):
                continue
            drawn = route.method
            if route.method == "GET":
                with counting() as counter:
                    answer = await ask(service, route.method, made.address(route.path), made.askers[role])
                wrote += [f"{route} as {role}: {sql[:120]}" for sql in writes(counter.statements)]
                if phase in BEFORE:
                    told += [f"{route} tells {role}: {what}" for what in canaries.told(phase, role, answer)]
            else:
                async with transaction() as level:
                    level.discard()
                    answer = await ask(
                        service, route.method, made.address(route.path), made.askers[role],
                        form=made.form,
                    )  # fmt: skip
            if meaning(route, answer) != row[role][column]:
                wrong.append(f"{route} as {role}: {answer.status}, declared {row[role][column]}")
    assert wrong == [], f"{len(wrong)} cells while {phase}\n" + "\n".join(wrong)
    assert wrote == [], "to look changes nothing\n" + "\n".join(wrote)
    assert told == [], "nobody reads what is planted for others\n" + "\n".join(told)
    assert await digest() == before


def is_walked(route: Route, role: str, column: int) -> bool:
    if DRILL or (route.method == "GET" and list(PHASES)[column] == "embargo"):
        return True
    row = TABLE[route][role]
    return row[column] != row[max(column - 1, 0)] or (crc32(f"{route} {role}".encode()) + column) % 5 == 0


@pytest.mark.parametrize("phase", FORGED)
async def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(
    service: Any, now: FixedClock, phase: str
) -> None:
    """Asked as everybody who could send it rightly, and as a visitor."""
    made = await world(phase)
    now.move_to(made.now)
    wrong = []
    before = await digest()
    for route, row in sorted(TABLE.items()):
        if route.method == "GET":
            continue
        could = [
            role
            for role in ROLES
            if role == "visitor" or row[role][list(PHASES).index(phase)] in DONE + AGAIN
        ]
        for role in could[:4]:
            for forged in ({"token": False}, {"origin": "https://elsewhere.example"}, {"origin": "null"}):
                with counting() as counter:
                    answer = await ask(
                        service,
                        route.method,
                        made.address(route.path),
                        made.askers[role],
                        form=made.form,
                        **forged,
                    )
                wrote = list(writes(counter.statements))
                # Who is not signed in is told so first where the route needs it.
                expected = (401, 403) if role == "visitor" else (403,)
                if answer.status not in expected or wrote:
                    wrong.append(f"{route} as {role} with {forged}: {answer.status} {wrote}")
    assert wrong == [], "\n".join(wrong)
    assert await digest() == before


# Who may see the judge's marks and comments: in the open round nobody else, then those who decide.
SEE_MARKS = {
    "judging": ("judge",),
    "closed": ("judge", "secretariat", "programme-secretariat", "auditor"),
    "embargo": ("judge", "secretariat", "programme-secretariat", "auditor"),
}


# Of those who see none, who see the most beside them.
CLOSEST = ("secretariat", "unassigned", "official")
# Each has the eyes of another: of everybody outside, and of who owns the same entry.
SAME_EYES = ("disabled", "colleague")


@pytest.mark.parametrize("phase", SEE_MARKS if ALL else ["judging"])
async def test_no_page_of_anybody_else_says_anything_of_a_mark(
    service: Any, now: FixedClock, phase: str
) -> None:
    """What a page says of a mark changes with the mark: every page must stay the same, to the byte, when only
    the marks and comments of one judge differ. Beside it, the planted comments are looked for as text."""
    made = await world(phase)
    now.move_to(made.now)
    strangers = [
        role for role in ROLES if role not in (*SEE_MARKS[phase], *SAME_EYES) and (ALL or role in CLOSEST)
    ]
    pages = [route for route in sorted(TABLE) if route.method == "GET"]

    async def read(asked: Iterable[tuple[Route, str]]) -> dict[tuple[Route, str], bytes]:
        found = {}
        for route, role in asked:
            answer = await ask(service, "GET", made.address(route.path), made.askers[role])
            if answer.status == 200:
                found[route, role] = answer.body
        return found

    with_marks = await read((route, role) for route in pages for role in strangers)
    assert len(with_marks) > 20 * len(strangers)
    told = {key for key, body in with_marks.items() for text in COMMENTS.values() if text.encode() in body}
    assert told == set()
    async with transaction() as level:
        level.discard()
        await other_marks(made)
        with_others = await read(with_marks)
    assert [key for key, body in with_marks.items() if with_others.get(key) != body] == []
    # The judge's own sheet does change: the comparison can tell.
    sheet = made.address("/bench/{programme}/{edition}/{round_code}/{reference}")
    mine = await ask(service, "GET", sheet, made.askers["judge"])
    assert COMMENTS["city"].encode() in mine.body


async def test_the_winner_is_read_by_everybody_from_its_instant_on(service: Any, now: FixedClock) -> None:
    """The canaries can be found where they belong, so that not finding them says something."""
    made = await world("published")
    now.move_to(made.now)
    page = await ask(service, "GET", made.address("/awards/{programme}/{edition}/{category}/{slug}"), None)
    assert WINNER.encode() in page.body
    assert CITATION.encode() in page.body


@pytest.mark.parametrize(
    "text",
    ["    +  visitor", "GET /\n    +++  others", "GET /\n    *  others", "GET /\n    +  nobody",
     "GET /\n    +  judge", "GET /\n    + others\nGET /\n    + others"],
)  # fmt: skip
def test_a_table_with_a_slip_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        read_table(text)


def writes(statements: list[str]) -> Iterator[str]:
    return (sql for sql in statements if WRITES.match(sql) and not NOTES.match(sql))


async def digest() -> str:
    """The number of rows of every table and the newest event: what no reader may move."""
    rows = [f"{table._meta.tablename} {await table.count()}" for table in TABLES]
    newest = await Event.raw("SELECT seq FROM event ORDER BY seq DESC LIMIT 1")
    return hashlib.sha256(f"{rows} {newest}".encode()).hexdigest()
