"""What a judge takes along: all that their pages show and nothing else, on a device of their own, under the bench alone."""

from datetime import timedelta
from typing import Any

import pytest

from awards.accounts.tables import Session
from awards.clock import FixedClock
from awards.editions.tables import EditionRule
from awards.panels.tables import Seat
from awards.scoresheets.tables import HeldOperation, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, TERMS, bench
from tests.awards.scoresheets.test_files import CANARIES, HIDDEN, judged, reached, unpacked
from tests.page import Client
from tests.people import BAO, CHIARA, EUN_JI, FARID, PASSWORD, give, id_of
from tests.serving import ClientFor, Service


async def pack_of(client: Client, path: str) -> Any:
    answer = await client.http.get(f"{path}/pack")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("blind", [False, True])
async def test_a_pack_is_all_that_the_pages_show_and_no_more(
    client_for: ClientFor, service: Service, blind: bool
) -> None:
    _season, path, chiara = await judged(client_for, service, blind=blind)
    found = await pack_of(chiara, path)
    assert found["page"] == path
    shown = {address for address in await reached(chiara, path) if address.startswith(f"{path}/files/")}
    taken = set(found["urls"])
    assert shown <= taken
    # Pictures of files that pages link in another size belong to these files too.
    assert {address.split("/files/")[1].split("/")[0].split("?")[0] for address in taken - {path}} == {
        address.split("/files/")[1].split("/")[0].split("?")[0] for address in shown
    }
    for address in found["urls"]:
        answer = await chiara.http.get(address)
        assert answer.status_code == 200, address
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        if blind:
            for piece in unpacked(head.encode() + b"\n\n" + answer.content):
                assert not any(canary in piece.lower() for canary in CANARIES), address
                assert HIDDEN[1] not in piece


async def token_of(client: Client) -> str:
    found = (await client.http.get("/session")).json()
    return str(found["csrf"])


async def test_nobody_takes_along_what_they_may_not_read(client_for: ClientFor) -> None:
    made = await bench(await id_of(CHIARA), entries=1)
    path = f"{made.path}/{made.references[0]}"
    chiara, bao = await client_for(CHIARA), await client_for(BAO)
    answer = await chiara.http.get(f"{path}/pack")
    assert answer.json()["urls"] == [path]
    assert "keeper=" in answer.headers["set-cookie"]
    assert (await bao.http.get(f"{path}/pack")).status_code == 404
    await Seat.update({Seat.conflicts_declared_at: None}).where(Seat.id == made.seat_id)
    assert (await chiara.http.get(f"{path}/pack")).status_code == 404


async def test_a_device_that_is_shared_is_offered_nothing(client: Client) -> None:
    made = await bench(await id_of(CHIARA), entries=1)
    await client.get("/sign-in")
    await client.submit("Sign in", {"email": CHIARA.email, "password": PASSWORD, "shared": "1"})
    assert (await Session.select(Session.shared))[0]["shared"] is True
    page = await client.get(f"{made.path}/offline")
    assert "you said that others use it" in page.text
    assert (await client.http.get(f"{made.path}/{made.references[0]}/pack")).status_code == 403


async def test_who_signs_in_after_another_clears_what_was_kept(client: Client) -> None:
    made = await bench(await id_of(CHIARA), entries=1)
    await id_of(BAO)

    async def signs_in(email: str) -> str:
        client.http.cookies.delete("session")
        await client.get("/sign-in")
        page = await client.submit("Sign in", {"email": email, "password": PASSWORD}, follow=False)
        assert page.status == 303
        return page.response.headers.get("clear-site-data", "")

    assert await signs_in(CHIARA.email) == ""
    await client.http.get(f"{made.path}/{made.references[0]}/pack")
    # The same judge goes on with what they kept; anybody else finds nothing.
    assert await signs_in(CHIARA.email) == ""
    assert await signs_in(BAO.email) == '"cache", "storage"'
    assert await signs_in(BAO.email) == ""


async def test_the_worker_stands_under_the_bench(client: Client) -> None:
    answer = await client.http.get("/bench/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    # Its reach is its own folder: nobody widens it.
    assert "service-worker-allowed" not in answer.headers
    assert "worker-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("rule", ["held", "refused"])
async def test_late_marks_follow_the_rule_that_was_published(
    client_for: ClientFor, clock: FixedClock, rule: str
) -> None:
    made = await bench(await id_of(CHIARA), entries=1)
    await factories.add(EditionRule, edition=made.season.edition_id, code="late_sync", value=rule)
    path = f"{made.path}/{made.references[0]}"
    clock.move_to(CLOSES + timedelta(minutes=3))
    chiara = await client_for(CHIARA)
    told = {"held": "accept or refuse it", "refused": "does not count"}[rule]
    assert told in (await chiara.get(f"{made.path}/terms")).text
    assert TERMS in (await chiara.get(f"{made.path}/terms")).text
    at = clock.now() - timedelta(minutes=5)
    # By its clock the device sends five minutes late and ahead of nobody.
    body = {"key": "operation-1", "base_version": 0, "fields": {"mark_impact": "7"},
            "device_at": at.isoformat(), "device_now": clock.now().isoformat()}  # fmt: skip
    answer = await chiara.http.post(
        f"{path}/save", json=body, headers={"x-csrf-token": await token_of(chiara)}
    )
    if rule == "refused":
        assert answer.status_code == 403
        assert "what you typed stays on this device" in answer.json()["message"]
        assert await HeldOperation.count() == 0
        return
    assert (answer.status_code, answer.json()["state"]) == (200, "held")
    assert "1 sheet of yours arrived late" in (await chiara.get(made.path)).text
    assert await SheetRevision.count() == 0


async def test_the_desk_decides_by_two_and_sees_no_mark(client_for: ClientFor, clock: FixedClock) -> None:
    made = await bench(await id_of(CHIARA), entries=1)
    path = f"{made.path}/{made.references[0]}"
    clock.move_to(CLOSES + timedelta(minutes=3))
    chiara = await client_for(CHIARA)
    body = {"key": "operation-1", "base_version": 0, "fields": {"mark_impact": "7", "note_city": "A canary note."},
            "device_at": (CLOSES - timedelta(minutes=2)).isoformat(), "device_now": clock.now().isoformat()}  # fmt: skip
    await chiara.http.post(f"{path}/save", json=body, headers={"x-csrf-token": await token_of(chiara)})
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", made.season.scope)
    one, two = await client_for(EUN_JI), await client_for(FARID)
    desk = f"/desk/{made.season.programme}/{made.season.edition}/progress/first/late"
    form = f"#decide-{made.assignments[0]}"
    assert "canary" not in (await one.get(desk)).text
    await one.submit(form, {"reason": "No line."}, status=422)
    await one.get(desk)
    await one.submit(form, {"to": "accept", "reason": "No line."})
    page = await two.get(desk)
    assert "No line." in page.text
    assert "canary" not in page.text
    await two.submit("Consent: accept it")
    assert await SheetRevision.count() == 1
    assert "waits for your signature" in (await chiara.get(f"{made.path}/late")).text
    assert "A canary note." in (await chiara.get(f"{made.path}/late")).text
