"""Reports that a mail could not be delivered after all (RFC 3464), as mail servers send them to the sender's address.

Only a report that holds our own Message-ID is taken: that is 128 random bits which nobody but the mail's reader and
the servers on its way have seen, so a forged report reaches no mail but the forger's own.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from email import policy
from email.message import Message as Mail
from email.parser import BytesParser, HeaderParser

from msgspec import Struct

# As `enqueue` makes them.
OURS = re.compile(r"<([0-9a-f]{32}@awards)>")
# A report quotes at most the mail that it is about.
LARGEST = 5 * 1024 * 1024
LONGEST_SENTENCE = 300
_PARSER = BytesParser(policy=policy.compat32)


class Report(Struct, frozen=True):
    """`sha256` is the same whenever the same report is read, from whatever mailbox."""

    message_id: str
    status: str
    sentence: str
    sha256: str


def read_report(raw: bytes) -> Report | None:
    """None where it is no report, where it is about another's mail, or where the mail is only late."""
    try:
        mail = _PARSER.parsebytes(raw[:LARGEST])
        parts = list(_parts(mail))
        failed = next((block for part in parts for block in _statuses(part) if _has_failed(block)), None)
        message_id = _message_id(mail, parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Mail from anywhere: what the parser stumbles over is no report for us.
        return None
    if failed is None or not message_id:
        return None
    status = _word(failed, "Status")[:20]
    sentence = _sentence(failed, status)
    own = "\n".join(
        (message_id, _word(mail, "Message-ID"), _word(failed, "Final-Recipient"), status, sentence)
    )
    sha256 = hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()
    return Report(message_id, status, sentence, sha256)


def mails_in(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Of an mbox, each mail; of a file that is no mbox, the one mail that it is."""
    kept: list[bytes] = []
    size, many, blank = 0, False, False
    for number, line in enumerate(lines):
        many = many or (number == 0 and line.startswith(b"From "))
        if many and (blank or number == 0) and line.startswith(b"From "):
            if kept:
                yield b"".join(kept)
            kept, size = [], 0
        elif size < LARGEST:
            kept.append(line)
            size += len(line)
        blank = not line.strip()
    if kept:
        yield b"".join(kept)


def _parts(mail: Mail) -> Iterator[Mail]:
    """The parts of the report itself, not those of the mail that it quotes."""
    inside = mail.get_payload()
    if not mail.is_multipart() or not isinstance(inside, list):
        return
    for part in inside:
        if isinstance(part, Mail):
            yield part
            if part.get_content_maintype() == "multipart":
                yield from _parts(part)


def _statuses(part: Mail) -> list[Mail]:
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    blocks = part.get_payload()
    return [block for block in blocks if isinstance(block, Mail)] if isinstance(blocks, list) else []


def _has_failed(block: Mail) -> bool:
    return _word(block, "Action").casefold() == "failed"


def _message_id(mail: Mail, parts: list[Mail]) -> str:
    """Of the mail that came back, as the report quotes it; else of what the report says it answers."""
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global"):
            inside = part.get_payload()
            quoted = inside[0] if isinstance(inside, list) and inside else None
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            text = part.get_payload(decode=True)
            quoted = (
                HeaderParser().parsestr(text.decode("utf-8", "replace")) if isinstance(text, bytes) else None
            )
        else:
            continue
        if isinstance(quoted, Mail) and (found := OURS.search(_word(quoted, "Message-ID"))):
            return found[1]
    answered = OURS.search(f"{_word(mail, 'In-Reply-To')} {_word(mail, 'References')}")
    return answered[1] if answered else ""


def _sentence(block: Mail, status: str) -> str:
    """What the server said, without the word for its kind: “smtp; 550 5.1.1 no such user”."""
    said = _word(block, "Diagnostic-Code")
    kind, semicolon, rest = said.partition(";")
    said = rest.strip() if semicolon and " " not in kind.strip() else said
    return (said or status or "came back without a reason")[:LONGEST_SENTENCE]


def _word(mail: Mail, name: str) -> str:
    """On one line, and only what both databases keep."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(mail.get(name, "")))
    return " ".join(text.encode("utf-8", "replace").decode().split())
