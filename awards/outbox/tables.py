from piccolo.columns import Varchar
from piccolo.table import Table

from awards.db.columns import Row, line, link, moment, optional_moment, prose, whole, word


class Message(Row, Table):
    """A mail to one person, written in the transaction that caused it and sent by the worker."""

    dedupe_key = Varchar(length=200, null=False, unique=True)
    message_id = Varchar(length=200, null=False, unique=True)
    to = line(254)
    lang = word(length=20, default="en")
    template = word()
    values = prose()
    edition_id = whole()
    not_before = moment(index=True)
    state = word(index=True)
    attempts = whole()
    leased_until = optional_moment()
    sent_at = optional_moment()
    problem = line()
    # When a server on the way said that it could not be delivered after all.
    bounced_at = optional_moment()


class Bounce(Row, Table):
    """A report that a mail of ours came back, as often as it is read: the same report is one row."""

    message = link(Message)
    sha256 = Varchar(length=64, null=False, unique=True)
    status = word()
    sentence = line()
