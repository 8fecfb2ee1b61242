"""What a server refuses for good is not tried again; what comes back later is noted once, on the mail that it is about."""

import io
import mailbox
import random
import socket
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller

from awards.clock import FixedClock
from awards.db import transaction
from awards.outbox.bounces import mails_in, read_report
from awards.outbox.mailers import SmtpMailer, refused_for_good, sentence_of
from awards.outbox.queries import came_back
from awards.outbox.services import Noted, enqueue, note_bounces
from awards.outbox.tables import Bounce, Message
from awards.outbox.worker import TRIES, send_due
from tests.awards.outbox.reports import EXCHANGE, OURS, report
from tests.awards.outbox.test_outbox import composed
from tests.factories import AT, add


async def sent(message_id: str = OURS, *, state: str = "sent") -> int:
    return await add(
        Message, dedupe_key=message_id, message_id=message_id, to="gone@city.example", template="reset",
        values='{"link": "/reset/t0ken", "name": "A"}', not_before=AT, sent_at=AT, state=state, attempts=1,
    )  # fmt: skip


async def states() -> list[tuple[str, str, bool]]:
    rows = await Message.raw("SELECT state, problem, bounced_at FROM message ORDER BY id")
    return [(row["state"], row["problem"], row["bounced_at"] is not None) for row in rows]


# --- reading -------------------------------------------------------------------------------------------


def test_a_report_says_which_mail_came_back_and_why() -> None:
    found = read_report(report())
    assert found is not None
    assert found.message_id == OURS
    assert found.status == "5.1.1"
    assert found.sentence == "550 5.1.1 <gone@city.example>: Recipient address rejected: User unknown"


def test_a_report_in_other_clothes() -> None:
    found = read_report(EXCHANGE)
    assert found is not None
    assert (found.message_id, found.status) == (OURS, "5.1.10")
    assert (
        found.sentence
        == "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
    )
    # Without the quoted headers it is found by what the report answers.
    assert read_report(EXCHANGE.replace(b"text/rfc822-headers", b"text/plain")) is not None
    assert read_report(report(quoted="text/rfc822-headers")) is not None


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_late_or_has_arrived_did_not_come_back(action: str) -> None:
    assert read_report(report(action=action)) is None


@pytest.mark.parametrize("message_id", ["someone-else@mail.example", "0123@awards", f"{OURS}.evil", ""])
def test_a_report_about_another_s_mail_is_none_of_ours(message_id: str) -> None:
    assert read_report(report(message_id=message_id)) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 100, b"From nobody", b"Subject: out of office\n\nI am away until Monday.",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/rfc822\n\n",
        report().replace(b"Content-Type: message/delivery-status", b"Content-Type: message/delivery-status; charset=\xff"),
    ],
)  # fmt: skip
def test_odd_mail_is_no_report_and_no_error(raw: bytes) -> None:
    found = read_report(raw)
    assert found is None or found.message_id == OURS


def test_damaged_reports_are_no_error() -> None:
    chance = random.Random(7)
    whole = report() + EXCHANGE
    for _try in range(300):
        piece = bytearray(whole)
        for _byte in range(20):
            piece[chance.randrange(len(piece))] = chance.randrange(256)
        found = read_report(bytes(piece[chance.randrange(400) :]))
        if found is not None:
            assert found.sentence.isprintable()
            assert len(found.sentence) <= 300


def test_nested_as_deep_as_can_be() -> None:
    deep = b"".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(2000))
    assert read_report(deep) is None


def test_an_mbox_and_a_single_mail(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    raws = [report(), EXCHANGE.replace(b"\r\n", b"\n"), b"Subject: hello\n\nFrom here to there\n\nFrom me\n"]
    for raw in raws:
        box.add(raw)
    box.close()
    found = list(mails_in(io.BytesIO((tmp_path / "box").read_bytes())))
    assert len(found) == 3
    assert [read_report(raw) is not None for raw in found] == [True, True, False]
    # A single mail is one, whatever its lines begin with.
    assert len(list(mails_in(io.BytesIO(raws[2])))) == 1


# --- noting --------------------------------------------------------------------------------------------


async def test_it_is_noted_once(clock: FixedClock) -> None:
    await sent()
    found = read_report(report())
    again = read_report(b"X-Folder: inbox\n" + report())
    assert found is not None
    assert again is not None
    assert await note_bounces([found, found], at=clock.now()) == Noted(new=1, known=1)
    assert await note_bounces([again], at=clock.now()) == Noted(known=1)
    assert await states() == [("failed", found.sentence, True)]
    assert await Bounce.count() == 1
    # Nothing tries it again by itself.
    assert await send_due(mailer=SmtpMailer("127.0.0.1", 9), compose=composed, clock=clock) == 0


async def test_a_mail_that_nobody_knows_of_is_counted(clock: FixedClock) -> None:
    found = read_report(report())
    assert found is not None
    assert await note_bounces([found], at=clock.now()) == Noted(unknown=1)
    assert await Bounce.count() == 0


async def test_after_another_try_an_old_report_says_nothing_new(clock: FixedClock) -> None:
    number = await sent()
    found, later = read_report(report()), read_report(report(own_id="<2.D@mx.city.example>"))
    assert found is not None
    assert later is not None
    await note_bounces([found], at=clock.now())
    await Message.update({Message.state: "sent", Message.bounced_at: None, Message.problem: ""}).where(
        Message.id == number
    )
    assert await note_bounces([found], at=clock.now()) == Noted(known=1)
    assert await states() == [("sent", "", False)]
    assert await note_bounces([later], at=clock.now()) == Noted(new=1)
    assert [state for state, _problem, _bounced in await states()] == ["failed"]


async def test_whose_mail_came_back_is_known_until_one_arrives() -> None:
    one, other = "a@b.example", "c@d.example"
    values = {"to": one, "template": "reset", "not_before": AT, "message_id": "1@awards"}
    await add(Message, dedupe_key="a", state="failed", problem="550 no such box", **values)
    assert await came_back([one, other]) == {one: "550 no such box"}
    assert await came_back([other]) == {}
    await add(Message, dedupe_key="b", state="sent", **{**values, "message_id": "2@awards"})
    assert await came_back([one]) == {}
    many = [f"p{number}@x.example" for number in range(400)]
    await add(
        Message,
        dedupe_key="c",
        state="failed",
        problem="551 gone",
        **{**values, "to": many[7], "message_id": "3@awards"},
    )
    assert await came_back(many) == {many[7]: "551 gone"}
    assert await came_back([]) == await came_back([""]) == {}


# --- refused at once -----------------------------------------------------------------------------------


def refusal(code: int, text: str) -> aiosmtplib.SMTPRecipientsRefused:
    return aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(code, text, "a@b.example")])


@pytest.mark.parametrize(
    ("code", "text", "final"),
    [
        (550, "5.1.1 <a@b.example>: no such user", True), (550, "No such user here", True), (553, "5.1.3 bad address", True),
        (550, "5.2.1 mailbox disabled", True), (551, "User not local", True),
        (550, "5.7.1 message blocked by policy", False), (554, "5.7.1 Relay access denied", False),
        (552, "5.2.2 mailbox full", False), (450, "4.2.0 greylisted", False), (550, "5.4.1 access denied", False),
    ],
)  # fmt: skip
def test_only_what_is_said_of_the_address_is_final(code: int, text: str, final: bool) -> None:
    assert refused_for_good(refusal(code, text)) is final
    assert sentence_of(refusal(code, text)) == f"{code} {text}"


def test_other_trouble_is_tried_again() -> None:
    for problem in (OSError("no route"), TimeoutError(), aiosmtplib.SMTPDataError(550, "5.1.1 odd")):
        assert not refused_for_good(problem)
    assert sentence_of(TimeoutError()) == "TimeoutError"


class Refusing:
    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: object, _session: object, _envelope: object, _address: str, _options: object
    ) -> str:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "state"), [("550 5.1.1 No such user", "failed"), ("450 4.2.0 Try later", "queued")]
)
async def test_a_real_server_that_refuses(answer: str, state: str, clock: FixedClock) -> None:
    async with transaction():
        await enqueue(
            "reset",
            to="gone@city.example",
            at=AT,
            dedupe_key="k",
            values={"link": "/reset/t0ken", "name": "A"},
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Refusing(answer), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        await send_due(mailer=SmtpMailer("127.0.0.1", port, tls="none"), compose=composed, clock=clock)
    finally:
        controller.stop()
    assert await states() == [(state, answer, False)]
    rows = await Message.select(Message.attempts)
    assert rows[0]["attempts"] == 1 < TRIES
