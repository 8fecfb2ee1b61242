from piccolo.columns import Varchar
from piccolo.table import Table

from awards.db.columns import Row, line, moment, optional_moment, prose, whole, word


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
