"""Where a finished mail goes: to an SMTP server, or into a folder where there is none."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

import aiosmtplib


class Mailer(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Hand the message over for good, or raise OSError or aiosmtplib.SMTPException."""


class SmtpMailer:
    def __init__(
        self, host: str, port: int, *, username: str = "", password: str = "", tls: str = "starttls"
    ) -> None:
        self._arguments = {
            "hostname": host,
            "port": port,
            "username": username or None,
            "password": password or None,
            "use_tls": tls == "tls",
            "start_tls": True if tls == "starttls" else None if tls == "auto" else False,
            "timeout": 30,
        }

    async def send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(message, **self._arguments)


class FolderMailer:
    """One file a message, named by its id, so that a retry writes the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").replace("/", "-")
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes(policy=SMTP))
