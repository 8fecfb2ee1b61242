"""The secretariat sees its edition's mail; nobody reads a link that opens somebody's account."""

from typing import Any

import pytest
from msgspec.structs import replace

from awards.accounts.rules import Purpose
from awards.accounts.steps import issue_ticket
from awards.app import create_app
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting, transaction
from awards.outbox.services import enqueue
from awards.outbox.tables import Message
from awards.settings import Settings
from tests import factories
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, EUN_JI, FARID, GRACE, HIROSHI, give, sign_in
from tests.serving import ClientFor


async def write(template: str, *, to: str, edition_id: int = 0, key: str = "", **values: str) -> int:
    async with transaction():
        await enqueue(
            template, to=to, at=AT, dedupe_key=key or f"{template}:{to}", values=values, edition_id=edition_id
        )
    rows = await Message.raw("SELECT id FROM message ORDER BY id DESC LIMIT 1")
    return int(rows[0]["id"])


async def test_the_mail_of_an_edition(client_for: ClientFor) -> None:
    season, other = await factories.season(), await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    own = await write(
        "reset", to="a@b.example", edition_id=season.edition_id, link="/city/entries/X", name="A"
    )
    foreign = await write("reset", to="c@d.example", edition_id=other.edition_id, link="/x", name="C")
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.desk}/mail")
    assert "a@b.example" in page.text
    assert "c@d.example" not in page.text
    page = await eun_ji.get(f"{season.desk}/mail?state=failed")
    assert "a@b.example" not in page.text
    page = await eun_ji.get(f"{season.desk}/mail/{own}")
    assert "http://127.0.0.1:8000/city/entries/X" in page.text
    for path in (f"{season.desk}/mail/{foreign}", f"{other.desk}/mail", f"{season.desk}/mail/{9**30}",
                 "/desk/mail", "/desk/jobs"):  # fmt: skip
        await eun_ji.get(path, status=404)


async def test_tokens_of_accounts_are_read_by_nobody(client_for: ClientFor) -> None:
    """Three people of the staff, every page that shows mail, and real tokens that could leak."""
    season = await factories.season()
    tokens = []
    for purpose, template in ((Purpose.CONFIRM, "confirm"), (Purpose.RESET, "reset")):
        async with transaction():
            _id, token = await issue_ticket(purpose, email="a@b.example", at=AT)
        tokens.append(token)
        number = await write(template, to="a@b.example", link=f"/{purpose.value}/{token}", name="A")
    await give(EUN_JI, "secretariat", season.scope)
    await give(FARID, "secretariat")
    await give(GRACE, "admin")
    await give(HIROSHI, "auditor")
    seen = ""
    for member in (EUN_JI, FARID, GRACE, HIROSHI):
        client = await client_for(member)
        for path in ("/desk/mail", "/desk/jobs", f"{season.desk}/mail", f"{season.desk}/mail/{number}",
                     f"{season.desk}/audit", "/start"):  # fmt: skip
            seen += (await client.get(path, status=None, follow=False)).html
    assert "a@b.example" in seen, "an administrator sees the envelope"
    assert not [token for token in tokens if token in seen]


@pytest.mark.parametrize(("smtp", "shown"), [("", True), ("mail.example", False)])
async def test_an_invitation_is_handed_on_only_where_no_mail_server_is(
    settings: Settings, clock: FixedClock, smtp: str, shown: bool
) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    number = await write(
        "reset", to="j@k.example", edition_id=season.edition_id, link="/invitation/s3cret", name="J"
    )
    app: Any = create_app(replace(settings, smtp_host=smtp), clock=clock)
    async with Client(app) as client:
        await sign_in(client, EUN_JI)
        page = await client.get(f"{season.desk}/mail/{number}")
    assert ("s3cret" in page.html) is shown
    assert ("The link is withheld" in page.text) is not shown


async def test_what_failed_is_tried_again_once(client_for: ClientFor) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    await give(GRACE, "admin")
    number = await write("reset", to="a@b.example", edition_id=season.edition_id, link="/x", name="A")
    refused = "UPDATE message SET state = 'failed', attempts = 12, problem = 'no such box' WHERE id = {}"
    for member, path in ((EUN_JI, f"{season.desk}/mail"), (GRACE, "/desk/mail")):
        await Message.raw(refused, number)
        client = await client_for(member)
        page = await client.get(path)
        assert "no such box" in page.text
        page = await client.submit("Try again")
        assert page.flash.startswith("The mail is tried again")
        rows = await Message.raw("SELECT state, attempts, problem FROM message")
        assert dict(rows[0]) == {"state": "queued", "attempts": 0, "problem": ""}
        assert "Try again" not in page.text
        form, _button = page.form("/sign-out")
        csrf = next(field.get("value") for field in form.iter() if field.get("name") == "csrf")
        await client.post(f"{path}/{number}/retry", {"csrf": csrf}, status=403)
        await client.post(f"{path}/424242/retry", {"csrf": csrf}, status=404)
    events = await Event.raw("SELECT as_role FROM event WHERE action = 'mail retried' ORDER BY seq")
    assert [event["as_role"] for event in events] == ["secretariat", "admin"]


@pytest.mark.parametrize("items", [1, 3])
async def test_lists_ask_the_same_however_long(client_for: ClientFor, items: int) -> None:
    season = await factories.season()
    await give(EUN_JI, "secretariat", season.scope)
    await give(GRACE, "admin")
    for number in range(items):
        await write(
            "reset", to=AMINA.email, edition_id=season.edition_id, key=str(number), link="/x", name="A"
        )
    for member, path in ((EUN_JI, f"{season.desk}/mail"), (GRACE, "/desk/mail"), (GRACE, "/desk/jobs"),
                         (EUN_JI, f"{season.desk}/audit")):  # fmt: skip
        client = await client_for(member)
        with counting() as counter:
            await client.get(path)
        assert len(counter) <= 6, counter.statements
