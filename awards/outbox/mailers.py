"""Where a finished mail goes: to an SMTP server, or into a folder where there is none."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

import aiosmtplib

from awards.db.private import private_file, private_folder


class Mailer(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Hand the message over for good, or raise OSError or aiosmtplib.SMTPException."""


class SmtpMailer:
    def __init__(
        self, host: str, port: int, *, username: str = "", password: str = "", tls: str = "starttls"
    ) -> None:
        self.host, self.port, self.tls = host, port, tls
        self.username, self.password = username or None, password or None

    async def send(self, message: EmailMessage) -> None:
        await aiosmtplib.send(
            message,
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            timeout=30,
        )


class FolderMailer:
    """One file a message, named by its id, so that a retry writes the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: EmailMessage) -> None:
        private_folder(self.folder)
        name = message["Message-ID"].strip("<>").replace("/", "-")
        file = self.folder / f"{name}.eml"
        private_file(file)
        file.write_bytes(message.as_bytes(policy=SMTP))
