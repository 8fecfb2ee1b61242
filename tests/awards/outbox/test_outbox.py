"""Mail goes out if and only if its cause holds, once, and a server that refuses is tried again."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Sink

from awards import data_dir
from awards.clock import FixedClock
from awards.db import transaction
from awards.errors import Unavailable
from awards.outbox import worker
from awards.outbox.letters import Letterhead, compose
from awards.outbox.mailers import FolderMailer, SmtpMailer
from awards.outbox.services import enqueue
from awards.outbox.tables import Message
from awards.outbox.worker import LEASE, TRIES, Letter, send_due, wait_after
from awards.web import i18n, templating
from tests.factories import AT

HEAD = Letterhead("awards@wego.example", "WeGO Awards", "https://awards.example")
TEMPLATES = templating.environment(data_dir("templates"))
MAILS = sorted(path.name for path in (data_dir("templates") / "mail").iterdir() if path.is_dir())


def draw(template: str, lang: str, values: Mapping[str, str]) -> str:
    with i18n.use(lang):
        return TEMPLATES.get_template(template).render(
            mail=values, programme_name="WeGO Awards", contact_email="help@wego.example", lang=lang,
            dir=i18n.dir_of(lang),
        )  # fmt: skip


def composed(letter: Letter) -> EmailMessage:
    return compose(letter, head=HEAD, draw=draw)


class Box:
    """A mailer that keeps what it is given, or refuses as long as it is told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.mails: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> None:
        await asyncio.sleep(0)
        if self.refusals:
            self.refusals -= 1
            raise OSError("the server refused a@b.example")
        self.mails.append(message)


async def write(key: str = "k", *, to: str = "a@b.example", **more: object) -> None:
    async with transaction():
        await enqueue(
            "reset",
            to=to,
            at=AT,
            dedupe_key=key,
            values={"link": "/reset/t0ken", "name": "A"},
            **more,
        )


async def test_what_is_undone_sends_nothing(clock: FixedClock) -> None:
    async with transaction() as level:
        await enqueue("reset", to="a@b.example", at=AT, dedupe_key="k", values={})
        level.discard()
    assert await send_due(mailer=Box(), compose=composed, clock=clock) == 0


async def test_one_key_is_one_mail(clock: FixedClock) -> None:
    await write("same")
    await write("same", to="other@b.example")
    box = Box()
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1
    assert await send_due(mailer=box, compose=composed, clock=clock) == 0
    mail = box.mails[0]
    assert mail["To"] == "a@b.example"
    assert mail["From"] == "WeGO Awards <awards@wego.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == AT
    text = mail.get_body(("plain",))
    assert text is not None
    assert "https://awards.example/reset/t0ken" in text.get_content()


async def test_not_before_its_instant(clock: FixedClock) -> None:
    await write(not_before=AT + timedelta(hours=1))
    box = Box()
    clock.advance(timedelta(hours=1) - timedelta(milliseconds=1))
    assert await send_due(mailer=box, compose=composed, clock=clock) == 0
    clock.advance(timedelta(milliseconds=1))
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1


async def test_a_refused_mail_is_tried_again_later_and_given_up_in_the_end(clock: FixedClock) -> None:
    await write()
    box = Box(refusals=TRIES)
    for attempt in range(1, TRIES + 1):
        assert await send_due(mailer=box, compose=composed, clock=clock) == 0
        rows = await Message.raw("SELECT state, attempts, problem FROM message")
        assert rows[0]["attempts"] == attempt
        assert rows[0]["state"] == ("failed" if attempt == TRIES else "queued")
        assert "refused" in rows[0]["problem"]
        clock.advance(wait_after(attempt))
    assert await send_due(mailer=box, compose=composed, clock=clock) == 0


async def test_one_bad_mail_does_not_hold_up_the_others(clock: FixedClock) -> None:
    await write("first")
    await write("second", to="c@d.example")
    box = Box(refusals=1)
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1
    assert [mail["To"] for mail in box.mails] == ["c@d.example"]


async def test_a_mail_that_cannot_be_written_is_put_back_too(clock: FixedClock) -> None:
    async with transaction():
        await enqueue("reset", to="a@b.example", at=AT, dedupe_key="bad", values={"odd": "x"})
        await enqueue("no-such-template", to="a@b.example", at=AT, dedupe_key="worse", values={})
    await write("good")
    assert await send_due(mailer=Box(), compose=composed, clock=clock) == 1
    rows = await Message.raw("SELECT state, problem FROM message WHERE dedupe_key <> 'good' ORDER BY id")
    assert [(row["state"], bool(row["problem"])) for row in rows] == [("queued", True), ("queued", True)]


async def test_a_worker_that_died_gives_its_mail_back(clock: FixedClock) -> None:
    await write()

    class Dying(Box):
        async def send(self, message: EmailMessage) -> None:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await send_due(mailer=Dying(), compose=composed, clock=clock)
    box = Box()
    clock.advance(LEASE)
    assert await send_due(mailer=box, compose=composed, clock=clock) == 0
    clock.advance(timedelta(milliseconds=1))
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1


@pytest.mark.commits
async def test_several_workers_send_each_mail_once(clock: FixedClock) -> None:
    for number in range(20):
        await write(str(number), to=f"n{number}@b.example")
    box = Box()
    for _round in range(20):
        await asyncio.gather(*(send_due(mailer=box, compose=composed, clock=clock) for _worker in range(4)))
        if len(box.mails) >= 20:
            break
    assert sorted(str(mail["To"]) for mail in box.mails) == sorted(f"n{n}@b.example" for n in range(20))


async def test_a_subject_is_one_line_and_a_name_is_text() -> None:
    values = {"name": "O'Brien & <b>Söhne</b>\r\nBcc: all@x.example", "link": "/x"}
    for template in ("reset", "confirm", "account-exists", "password-changed"):
        mail = composed(Letter("id@awards", AT, "a@b.example", "en", template, values))
        assert "\n" not in mail["Subject"]
        assert mail["Bcc"] is None
        html = mail.get_body(("html",))
        assert html is not None
        assert "<b>Söhne" not in html.get_content()


@pytest.mark.parametrize(
    "address", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example\r\n", "a"]
)
async def test_an_address_is_no_header(address: str) -> None:
    with pytest.raises(ValueError, match="not one address"):
        composed(Letter("id@awards", AT, address, "en", "confirm", {"link": "/x"}))


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_has_its_three_parts(name: str) -> None:
    for part in ("subject.txt", "body.txt", "body.html"):
        TEMPLATES.get_template(f"mail/{name}/{part}")


async def test_into_a_folder(tmp_path: Path, clock: FixedClock) -> None:
    await write()
    mailer = FolderMailer(tmp_path / "mail")
    assert await send_due(mailer=mailer, compose=composed, clock=clock) == 1
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 1
    assert b"https://awards.example/reset/t0ken" in files[0].read_bytes()


class Kept(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[object] = []

    def handle_message(self, message: object) -> None:
        self.mails.append(message)


async def test_to_a_real_server(clock: FixedClock) -> None:
    await write()
    sink = Kept()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        mailer = SmtpMailer("127.0.0.1", port, tls="none")
        assert await send_due(mailer=mailer, compose=composed, clock=clock) == 1
    finally:
        controller.stop()
    assert len(sink.mails) == 1
    await write("later")
    assert (
        await send_due(mailer=SmtpMailer("127.0.0.1", port, tls="none"), compose=composed, clock=clock) == 0
    )
    rows = await Message.raw("SELECT state, problem FROM message WHERE dedupe_key = 'later'")
    assert rows[0]["state"] == "queued"
    assert rows[0]["problem"]


class Slow(Box):
    """A server that takes the mail and is so slow that meanwhile something else happens."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]], *, refuses: bool = False) -> None:
        super().__init__(refusals=1 if refuses else 0)
        self.meanwhile = meanwhile

    async def send(self, message: EmailMessage) -> None:
        await self.meanwhile()
        await super().send(message)


@pytest.mark.parametrize("refuses", [True, False])
async def test_who_lost_the_lease_does_not_bring_a_sent_mail_back(refuses: bool, clock: FixedClock) -> None:
    await write()
    other = Box()

    async def another_worker_sends_it() -> None:
        clock.advance(LEASE + timedelta(milliseconds=1))
        assert await send_due(mailer=other, compose=composed, clock=clock) == 1

    await send_due(mailer=Slow(another_worker_sends_it, refuses=refuses), compose=composed, clock=clock)
    rows = await Message.raw("SELECT state, attempts, problem FROM message")
    assert [(row["state"], row["attempts"], row["problem"]) for row in rows] == [("sent", 2, "")]
    clock.advance(timedelta(days=1))
    assert await send_due(mailer=other, compose=composed, clock=clock) == 0
    assert len(other.mails) == 1


async def test_a_server_that_hangs_gives_the_mail_back_within_the_lease(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LEASE.total_seconds() > worker.SEND_SECONDS
    monkeypatch.setattr(worker, "SEND_SECONDS", 0.05)
    await write("hangs")
    await write("goes", to="c@d.example")
    hung: list[EmailMessage] = []

    class Hanging(Box):
        async def send(self, message: EmailMessage) -> None:
            if message["To"] == "a@b.example":
                hung.append(message)
                await asyncio.Event().wait()
            await super().send(message)

    assert await send_due(mailer=Hanging(), compose=composed, clock=clock) == 1
    assert len(hung) == 1
    rows = await Message.raw("SELECT state, problem FROM message WHERE dedupe_key = 'hangs'")
    assert (rows[0]["state"], rows[0]["problem"]) == ("queued", "TimeoutError")


async def test_what_went_out_while_the_database_was_away_is_noted_when_it_is_back(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "NOTE_SECONDS", 0.0)
    away = 3

    @asynccontextmanager
    async def now_and_then() -> AsyncIterator[object]:
        nonlocal away
        if box.mails and away:
            away -= 1
            raise Unavailable("away")
        async with transaction() as level:
            yield level

    monkeypatch.setattr(worker, "transaction", now_and_then)
    await write()
    box = Box()
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1
    assert away == 0
    assert (await Message.raw("SELECT state FROM message"))[0]["state"] == "sent"


async def test_what_ends_its_worker_each_time_is_given_up(clock: FixedClock) -> None:
    await write()
    await Message.update({Message.attempts: TRIES, Message.leased_until: AT}, force=True)
    await write("good", to="c@d.example")
    clock.advance(timedelta(milliseconds=1))
    box = Box()
    assert await send_due(mailer=box, compose=composed, clock=clock) == 1
    assert [mail["To"] for mail in box.mails] == ["c@d.example"]
    rows = await Message.raw("SELECT state, problem FROM message WHERE dedupe_key = 'k'")
    assert rows[0]["state"] == "failed"
    assert rows[0]["problem"]


async def test_told_to_stop_it_begins_no_other(clock: FixedClock) -> None:
    await write("first")
    await write("second")
    box = Box()
    assert await send_due(mailer=box, compose=composed, clock=clock, go_on=lambda: not box.mails) == 1
