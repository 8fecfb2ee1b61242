"""Two processes on one database are one service: what one does, the other says, at once or within a second."""

import asyncio
import re
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.audit.queries import chain_breaks
from awards.audit.tables import Event
from awards.clock import FixedClock, SystemClock
from awards.db import bind
from awards.db.versions import pending
from awards.editions.tables import RoleGrant
from awards.outbox.tables import Message
from awards.publication import services as publication
from awards.publication.forms import AskToPublish, SignPublication
from tests import factories
from tests.awards.publication.published import decided
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.forked import ForkedServer, run_forked
from tests.faults.mail_server import MailServer, mail_server
from tests.faults.saving import Ledger, send
from tests.faults.together import Browser, browser_of, two_servers, until
from tests.panel_at_work import panel_at_work
from tests.people import AMINA, EUN_JI, FARID, GRACE, PASSWORD, give, id_of
from tests.wire import Wire

pytestmark = pytest.mark.faults

WORDS = re.compile(r"edition-number-(\d+)")


# --- kept pages ----------------------------------------------------------------------------------------


class Watch:
    """Somebody who reads one public page of one process again and again, as caches do: with its ETag."""

    def __init__(self, server: ForkedServer, path: str) -> None:
        self.server, self.path = server, path
        self.etag, self.body = "", ""
        self.said: list[int] = []
        self.tags: dict[int, set[str]] = {}

    async def look(self, wire: Wire) -> int:
        """The number that the page shows whole."""
        answer = await wire.get(self.path, **({"if-none-match": self.etag} if self.etag else {}))
        if answer.status == 304:
            assert answer.headers["etag"] == self.etag
        else:
            assert answer.status == 200, answer.text
            self.etag, self.body = answer.headers["etag"], answer.text
        numbers = {int(found) for found in WORDS.findall(self.body)}
        assert len(numbers) == 1, f"a mixture of {numbers}"
        (number,) = numbers
        assert self.body.count("edition-number-") >= 3, "title, first line, last line"
        assert not self.said or number >= self.said[-1], f"back from {self.said[-1]} to {number}"
        self.said.append(number)
        self.tags.setdefault(number, set()).add(self.etag)
        return number

    async def shows(self, number: int) -> float:
        """After how many seconds."""
        began = time.monotonic()
        async with Wire(self.server.port) as wire:

            async def new() -> bool:
                return await self.look(wire) >= number

            await until(new, f"{self.path} of the other process shows number {number}")
        return time.monotonic() - began


def text(number: int) -> dict[str, object]:
    lines = [
        f"This is edition-number-{number}.",
        *["Words between them."] * 400,
        f"The end of edition-number-{number}.",
    ]
    return {"title": f"Rules, edition-number-{number}", "body": "\n\n".join(lines), "version": number - 1}


async def test_a_page_edited_through_one_stands_on_the_other(place: Place) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", f"programme:{season.programme_id}")
    eun_ji = await browser_of(EUN_JI)
    await place.engine.close()
    form = f"/desk/pages/{season.programme}/rules"
    took = []
    async with two_servers(place, workers=False) as (one, two):
        saved = await eun_ji.post(one, form, text(1))
        assert saved.status == 303, saved.text
        watches = [Watch(server, "/pages/rules") for server in (one, two)]
        for watch in watches:
            await watch.shows(1)
        for number in range(2, times(8, drill=100)):
            through, other = (one, watches[1]) if number % 2 else (two, watches[0])
            before = other.etag
            saved = await eun_ji.post(through, form, text(number))
            assert saved.status == 303, saved.text
            took.append(await other.shows(number))
            assert other.etag != before
            own = watches[0] if other is watches[1] else watches[1]
            async with Wire(through.port) as wire:
                assert await own.look(wire) == number, "who changed it sees it at once"
        for number in watches[0].tags.keys() & watches[1].tags.keys():
            tags = watches[0].tags[number] | watches[1].tags[number]
            assert len(tags) == 1, f"number {number} has one ETag on both: {tags}"
        stale = await eun_ji.post(two, form, text(2))
        assert stale.status == 409
    print(f"seen by the other process after {min(took):.2f} to {max(took):.2f} s, {len(took)} times")


async def test_results_come_out_of_both_at_their_instant_and_what_follows_is_made_once(place: Place) -> None:
    season = await decided(FixedClock(factories.AT))
    for member, entrant in ((AMINA, season.entrants[0]), (GRACE, season.entrants[5])):
        await factories.official(await id_of(member), entrant)
    path = f"/awards/{season.season.programme}/{season.season.edition}/inclusive/lindmere"
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    scope = frozenset({Grant("secretariat", season.season.scope)})
    signers = [await give(member, "secretariat", season.season.scope) for member in (EUN_JI, FARID)]
    async with two_servers(place, workers=False) as servers:
        ended = asyncio.Event()
        clock = SystemClock()
        visible_at = clock.now() + timedelta(seconds=8)
        readers = [
            asyncio.create_task(_first_seen(server.port, address, ended))
            for server in servers
            for address in (path, edition, "/results", "/")
        ]
        await asyncio.sleep(0.5)
        now = clock.now()
        first, second = (Actor(person_id=person, name="", grants=scope, proved_at=now) for person in signers)
        command = AskToPublish.model_validate(
            {"edition_id": season.season.edition_id, "shows": "winners", "visible_at": visible_at, "note": ""}
        )
        approval = await publication.ask_to_publish(command=command, actor=first, clock=clock)
        (asked,) = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
        sealed = SignPublication(
            edition_id=season.season.edition_id, approval_id=approval, sha256=asked["subject_sha256"]
        )
        await publication.sign_publication(command=sealed, actor=second, clock=clock)
        await place.engine.close()
        try:
            async with asyncio.timeout(60):
                seen = await asyncio.gather(*readers)
        finally:
            ended.set()
        late = []
        for looks, shown in seen:
            assert shown >= visible_at, f"{visible_at - shown} early"
            assert looks > 1, "it was read before, too"
            late.append((shown - visible_at).total_seconds())
        print(f"both processes showed it {min(late):.3f} to {max(late):.3f} s after its instant")
        packs = {(await _body(server.port, f"{edition}/pack.json")) for server in servers}
        assert len(packs) == 1
        with mail_server() as smtp:
            await _made_once(place, smtp)


async def _body(port: int, path: str) -> bytes:
    async with Wire(port) as wire:
        answer = await wire.get(path)
    assert answer.status == 200, answer.text
    return answer.body


# What the worker makes of a publication, each with its own row in the trail.
MADE = ("entrants told of a publication", "feedback made", "certificates made")


async def _made_once(place: Place, smtp: MailServer) -> None:
    """Two workers that begin in the same instant find all of it owed."""
    workers = [place.worker(**smtp.settings) for _number in range(2)]
    for number, worker in enumerate(workers):
        worker.log = worker.data / f"worker-{number}.log"

    async def all_made() -> bool:
        rows = await Event.raw("SELECT DISTINCT action FROM event")
        waiting = await Message.count().where(Message.state == "queued")
        return {row["action"] for row in rows} >= set(MADE) and not waiting

    async with workers[0], workers[1]:
        await until(all_made, "what follows is made")
    rows = await Event.raw("SELECT action FROM event")
    assert [[row["action"] for row in rows].count(action) for action in MADE] == [1, 1, 1]
    mails = await Message.select(Message.template, Message.to, Message.message_id)
    assert sorted((mail["template"], mail["to"]) for mail in mails) == [
        ("result-published", GRACE.email), ("result-winner", AMINA.email),
    ]  # fmt: skip
    assert sorted(smtp.taken) == sorted(mail["message_id"] for mail in mails)
    for worker in workers:
        assert "Traceback" not in worker.said(), worker.said()
    assert await chain_breaks() == []
    await place.engine.close()


async def _first_seen(port: int, path: str, ended: asyncio.Event) -> tuple[int, Any]:
    """How often it was read, and the instant at which the first page with the winner had arrived."""
    clock, looks, etag = SystemClock(), 0, ""
    async with Wire(port) as wire:
        while not ended.is_set():
            answer = await wire.get(path, **({"if-none-match": etag} if etag else {}))
            now = clock.now()
            looks += 1
            assert answer.status in (200, 304, 404), answer.text
            etag = answer.headers.get("etag", "")
            if "Lindmere" in answer.text:
                return looks, now
            await asyncio.sleep(0.02)
    raise AssertionError(f"{path} never showed it")


# --- sessions, rights, guesses ------------------------------------------------------------------------


async def test_who_signs_out_of_one_is_out_of_the_other(place: Place) -> None:
    at_home, at_work = await browser_of(AMINA), await browser_of(AMINA)
    await place.engine.close()
    async with two_servers(place, workers=False) as (one, two):
        for browser in (at_home, at_work):
            for server in (one, two):
                assert (await browser.get(server, "/account")).status == 200
        ended = await at_home.post(one, "/account/sessions/end", {"session": at_work.session_id})
        assert ended.status == 303
        await _is_out(at_work, two)
        assert (await at_home.get(two, "/account")).status == 200
        assert (await at_home.post(two, "/sign-out", {})).status == 303
        await _is_out(at_home, one)


async def _is_out(browser: Browser, server: ForkedServer) -> None:
    answer = await browser.get(server, "/account")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert (await browser.post(server, "/account", {"name": "Somebody"})).status == 401


async def test_a_role_that_ends_in_one_ends_in_the_other(place: Place) -> None:
    season = await factories.season()
    await give(GRACE, "admin")
    await give(GRACE, "secretariat")
    await give(FARID, "secretariat", season.scope)
    grace, farid = await browser_of(GRACE), await browser_of(FARID)
    (row,) = await RoleGrant.select(RoleGrant.id).where(RoleGrant.person == farid.person_id)
    await place.engine.close()
    async with two_servers(place, workers=False) as (one, two):
        for server in (one, two):
            assert (await farid.get(server, season.desk)).status == 200
        ended = await grace.post(one, "/desk/people/end", {"grant": row["id"]})
        assert ended.status == 303, ended.text
        assert (await farid.get(two, season.desk)).status == 404
        assert (await farid.get(one, season.desk)).status == 404
        assert (await farid.get(two, "/account")).status == 200


async def test_wrong_passwords_count_over_both(place: Place) -> None:
    await id_of(AMINA)
    await place.engine.close()
    async with two_servers(place, workers=False) as servers:
        visitors = [await _visitor(server) for server in servers]

        async def guess(number: int, password: str) -> int:
            server, visitor = servers[number % 2], visitors[number % 2]
            return (
                await visitor.post(server, "/sign-in", {"email": AMINA.email, "password": password})
            ).status

        # All at once: not one more than five may be read, however they are spread.
        statuses = await asyncio.gather(*(guess(number, f"wrong guess {number}") for number in range(12)))
        assert Counter(statuses) == {422: 5, 429: 7}
        for number in range(2):
            assert await guess(number, PASSWORD) == 429


async def _visitor(server: ForkedServer) -> Browser:
    """Somebody who opened the page for signing in."""
    async with Wire(server.port, headers={"accept": "text/html"}) as wire:
        page = await wire.get("/sign-in")
    cookie = page.headers["set-cookie"].partition(";")[0]
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return Browser(cookie, found[1])


# --- one sheet, two processes --------------------------------------------------------------------------


async def test_one_of_two_saves_of_one_version_wins_and_no_text_is_lost(place: Place) -> None:
    panel = await panel_at_work(judges=2, entries=2, sheets_per_judge=1, now=SystemClock().now())
    await place.engine.close()
    judge = panel.judges[0]
    reference = judge.references[0]
    ledger = Ledger(panel, chance())
    async with two_servers(place, workers=False) as servers, AsyncExitStack() as stack:
        wires = [
            await stack.enter_async_context(Wire(server.port, headers=judge.headers)) for server in servers
        ]
        for version in range(times(20, drill=400)):
            rivals = [ledger.invent(judge, reference, version) for _server in servers]
            for number, rival in enumerate(rivals):
                rival.notes["secretariat"] = f"Text {version} of process {number}."
            answers = await asyncio.gather(
                *(send(wire, panel, rival) for wire, rival in zip(wires, rivals, strict=True))
            )
            assert sorted(answer.status for answer in answers) == [200, 409]
            won = 0 if answers[0].status == 200 else 1
            ledger.note(rivals[won], answers[won])
            assert answers[1 - won].json()["state"] == "conflict"
            # The form's own button then shows both, on whichever process it is pressed.
            lost = rivals[1 - won]
            page = await _button(servers[version % 2], panel.bench, judge.headers, lost)
            assert page.status == 409, page.text
            for operation in rivals:
                assert operation.notes["secretariat"] in page.text
    await ledger.check()


async def _button(server: ForkedServer, bench: str, headers: dict[str, str], operation: Any) -> Any:
    browser = Browser(headers["cookie"], headers["x-csrf-token"])
    document = operation.document
    fields = {**document["fields"], "key": document["key"], "version": document["base_version"]}
    return await browser.post(server, f"{bench}/{operation.reference}", fields)


# --- new tables under servers that wait ---------------------------------------------------------------


async def test_two_servers_wait_for_two_migrations_at_once(empty_place: Place) -> None:
    servers = [empty_place.server(), empty_place.server()]
    try:
        for server in servers:
            await server.start(until="/health/live")
            await server.answers("/health/ready", 503)
        migrations = [
            asyncio.to_thread(
                run_forked, "migrate", data=empty_place.data, AWARDS_DATABASE_URL=empty_place.url
            )
            for _number in range(4)
        ]
        done = await asyncio.gather(*migrations)
        assert [one.returncode for one in done] == [0] * 4, [one.stderr for one in done]
        assert sorted("Nothing to do" in one.stdout for one in done) == [False, True, True, True]
        for server in servers:
            await server.answers("/health/ready", 200)
            await server.answers("/", 200)
    finally:
        for server in servers:
            await server.kill()
    bind(empty_place.engine)
    assert await pending() == []
