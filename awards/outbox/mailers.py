"""Where a finished mail goes: to an SMTP server, or into a folder where there is none."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

import aiosmtplib

from awards.db.private import private_file, private_folder


class Mailer(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Hand the message over for good, or raise OSError or aiosmtplib.SMTPException."""


# The server says of the address itself that it takes no mail. What is said of us, of the text or of a full box
# (5.7.x, 5.2.2, 554 …) may be another answer in an hour.
NO_SUCH_BOX = frozenset({550, 551, 553})
ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")


def refused_for_good(problem: BaseException) -> bool:
    """Whether trying again is of no use: a mail has one recipient, and the server does not know them."""
    if not isinstance(problem, aiosmtplib.SMTPRecipientsRefused):
        return False
    for refusal in problem.recipients:
        said = ENHANCED.search(refusal.message)
        about_the_box = said is None or said[1] == "1" or said.groups() == ("2", "1")
        if refusal.code not in NO_SUCH_BOX or not about_the_box:
            return False
    return bool(problem.recipients)


def sentence_of(problem: BaseException) -> str:
    """What the server said, as it said it."""
    if isinstance(problem, aiosmtplib.SMTPRecipientsRefused) and problem.recipients:
        return sentence_of(problem.recipients[0])
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        return " ".join(f"{problem.code} {problem.message}".split())
    return str(problem) or type(problem).__name__


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
