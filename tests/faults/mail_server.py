"""A real SMTP server on a port of its own: it takes mail, takes its time, refuses, or hangs, as it is told."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from tests.processes import free_port

MESSAGE_ID = re.compile(r"^Message-ID: <(.+)>\r?$", re.MULTILINE)
SENDER = re.compile(r"^From: (.+?)\r?$", re.MULTILINE)


class MailServer:
    """Runs on a thread of its own, as aiosmtpd does."""

    def __init__(self) -> None:
        self.port = free_port()
        self.seconds = 0.0
        self.refuses = False
        self.begun = threading.Event()
        self.taken: list[str] = []
        self.senders: set[str] = set()

    @property
    def settings(self) -> dict[str, str]:
        return {
            "AWARDS_SMTP_HOST": "127.0.0.1",
            "AWARDS_SMTP_PORT": str(self.port),
            "AWARDS_SMTP_TLS": "none",
        }

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.begun.set()
        if self.refuses:
            return "451 not now"
        await asyncio.sleep(self.seconds)
        text = envelope.content.decode(errors="replace")
        message, sender = MESSAGE_ID.search(text), SENDER.search(text)
        assert message is not None
        assert sender is not None
        self.taken.append(message[1])
        self.senders.add(sender[1])
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
