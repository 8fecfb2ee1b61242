from piccolo.constraints import Unique
from piccolo.table import Table

from awards.accounts.tables import Person
from awards.db.columns import (
    Row,
    digest,
    line,
    link,
    optional_link,
    optional_moment,
    prose,
    whole,
    word,
)
from awards.editions.tables import Category, Edition, Round
from awards.outbox.tables import Message


class MessageTemplate(Row, Table):
    """What an edition writes to a group, where it has words of its own; with an empty body ours stand again."""

    edition = link(Edition, index=False)
    group_code = word()
    lang = word(length=20, default="en")
    subject = line()
    body = prose()
    version = whole(1)
    message_template_one_per_language = Unique(["edition", "group_code", "lang"])


class Mailing(Row, Table):
    """One message to one group: written as a draft, seen with its recipients, then sent once.

    `texts` is the message in each language, `seen` the recipients whom its sender saw before the last question:
    numbers and fingerprints, neither a name nor an address.
    """

    edition = link(Edition, index=False)
    number = whole(1)
    group_code = word()
    round = optional_link(Round)
    category = optional_link(Category)
    texts = prose()
    state = word(default="draft")
    by = link(Person)
    version = whole(1)
    seen = prose()
    seen_sha256 = digest()
    sent_at = optional_moment()
    sent_by = optional_link(Person)
    recipients = whole()
    left_out = whole()
    mailing_one_per_number = Unique(["edition", "number"])


class MailingRecipient(Row, Table):
    """Who was of the group when it was sent: with the mail that went out, or why none did."""

    mailing = link(Mailing, index=False)
    person = link(Person)
    message = optional_link(Message)
    left_out = word()
    mailing_recipient_one_per_person = Unique(["mailing", "person"])
