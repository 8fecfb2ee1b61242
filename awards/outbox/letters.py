"""From a queued row to a finished message: the recipient's language, a text and an HTML part, one recipient."""

import re
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from email.message import EmailMessage

from msgspec import Struct

from awards.outbox.worker import Letter

ONE_ADDRESS = re.compile(r"[^\s,;<>\"]+@[^\s,;<>\"]+")

# Given by the application: template path, language, values -> text.
Draw = Callable[[str, str, Mapping[str, str]], str]


class Letterhead(Struct, frozen=True):
    sender: str
    sender_name: str
    base_url: str


def compose(letter: Letter, *, head: Letterhead, draw: Draw) -> EmailMessage:
    values = {
        name: head.base_url + value if name == "link" or name.endswith("_link") else value
        for name, value in letter.values.items()
    }
    if not ONE_ADDRESS.fullmatch(letter.to):
        raise ValueError("the address is not one address")
    folder = f"mail/{letter.template}"
    message = EmailMessage()
    # One line: what a person typed may stand in a subject, a line end may not.
    message["Subject"] = " ".join(draw(f"{folder}/subject.txt", letter.lang, values).split())
    message["From"] = Address(display_name=head.sender_name, addr_spec=head.sender)
    message["To"] = letter.to
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(draw(f"{folder}/body.txt", letter.lang, values))
    message.add_alternative(draw(f"{folder}/body.html", letter.lang, values), subtype="html")
    # Setting the content drops every header of content that stood before.
    message["Content-Language"] = letter.lang
    return message
