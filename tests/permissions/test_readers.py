"""Who reads an edition without changing it: its auditor, and its screener as far as entries go."""

from typing import Any

import pytest

from awards.clock import FixedClock
from awards.editions.rules import RoundState
from awards.editions.tables import Round
from tests.databases import DRILL
from tests.lint import elements, first, parse
from tests.permissions.asking import Answer, ask
from tests.permissions.declared import declared
from tests.permissions.world import World, world

PHASES_READ = ["judging", "closed", "embargo", "published"] if DRILL else ["embargo"]
EDITION = "/desk/{programme}/{edition}"
PAGES = [
    route.path for route in sorted(declared()) if route.method == "GET" and route.path.startswith(EDITION)
]
# What is sent without changing anything: the check of the chain is an auditor's own.
MAY_SEND = {
    "auditor": ("/audit/verify",),
    "screener": ("/screen", "/settle", "/ask", "/ask/end", "/confirm", "/send-back", "/decide"),
}
# Two canaries of a run: its scores, and how strict each judge was.
SCORE, STRICTNESS = "Official and plain results side by side", "How strict each judge is"


async def read(service: Any, made: World, role: str) -> dict[str, Answer]:
    """Every page of the edition's desk that opens for the role, by its address."""
    found = {}
    for path in PAGES:
        address = made.address(path)
        answer = await ask(service, "GET", address, made.askers[role])
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            found[address] = answer
    return found


@pytest.mark.parametrize("phase", PHASES_READ)
@pytest.mark.parametrize("role", MAY_SEND)
async def test_no_page_offers_a_reader_what_is_refused(
    service: Any, now: FixedClock, role: str, phase: str
) -> None:
    made = await world(phase)
    now.move_to(made.now)
    wrong = []
    pages = await read(service, made, role)
    assert len(pages) >= 3
    for address, answer in pages.items():
        document, _faults = parse(answer.body.decode())
        main = first(document, "main")
        assert main is not None
        for form in elements(main, "form"):
            action = form.get("action", "")
            if form.get("method") == "post" and not action.endswith(MAY_SEND[role]):
                wrong.append(f"{address} has a form for {action}")
        for link in elements(document, "a"):
            href = link.get("href", "").partition("#")[0]
            # The world has rows of files and no bytes.
            if href.startswith(made.season.desk) and not href.endswith(("/copy", "/original")):
                led = await ask(service, "GET", href, made.askers[role])
                if led.status != 200:
                    wrong.append(f"{address} leads to {href}: {led.status}")
    assert wrong == [], "\n".join(wrong)


async def test_an_auditor_sees_results_only_of_a_round_that_is_closed(service: Any, now: FixedClock) -> None:
    """While entries are read once more the runs from before stay: they hold no mark of the further sheets."""
    made = await world("embargo")
    now.move_to(made.now)
    for state in (RoundState.CLOSED, RoundState.OPEN, RoundState.EXTRA, RoundState.DECIDED):
        await Round.update({Round.state: state.value}).where(Round.id == made.season.round_id)
        bodies = [answer.body.decode() for answer in (await read(service, made, "auditor")).values()]
        for canary in (SCORE, STRICTNESS):
            assert any(canary in body for body in bodies) is (state is not RoundState.OPEN), (state, canary)


async def test_a_screener_reads_no_more_than_the_overview_and_entries(service: Any, now: FixedClock) -> None:
    made = await world("embargo")
    now.move_to(made.now)
    desk = made.season.desk
    entries = f"{desk}/entries"
    assert set(await read(service, made, "screener")) == {
        desk,
        entries,
        f"{entries}/counts",
        f"{entries}/doubles",
        f"{entries}/{made.values['reference']}",
        f"{entries}/{made.values['reference']}/files/1",
    }


async def test_drafts_are_not_even_counted_for_an_auditor(service: Any, now: FixedClock) -> None:
    made = await world("open")
    now.move_to(made.now)
    told = {made.season.desk: ["secretariat", "screener"], f"{made.season.desk}/entries": ["secretariat"]}
    for address, expected in told.items():
        counted = [
            role for role in ("secretariat", "screener", "auditor")
            if b"Drafts" in (await ask(service, "GET", address, made.askers[role])).body
        ]  # fmt: skip
        assert counted == expected
