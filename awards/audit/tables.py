from piccolo.columns import BigInt, Integer, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from awards.db.columns import Row, digest, link, moment, prose, word


class Event(Row, Table):
    """One change: who did what to which thing. Rows are only ever added, each bound to the one before."""

    seq = BigInt(null=False, unique=True)
    at = moment()
    actor_id = Integer(null=False, default=0, index=True)
    as_role = word()
    action = word(index=True)
    subject_kind = word()
    subject_id = Integer(null=False, default=0, index=True)
    edition_id = Integer(null=False, default=0, index=True)
    request_id = word(length=40)
    before_sha256 = digest()
    after_sha256 = digest()
    detail_sha256 = digest()
    salt = Varchar(length=32, null=False)
    prev = digest()
    hash = digest()


class EventDetail(Row, Table):
    """What a person wrote about a change; may be erased, the chain holds only its salted hash."""

    event = link(Event, index=False)
    reason = prose()
    address = word(length=64)
    detail_salt = Varchar(length=32, null=False)
    event_detail_one_per_event = Unique(["event"])


class KeptHead(Row, Table):
    """The head of the trail as it stood when a day began, UTC: what was mailed to holders outside."""

    day = Varchar(length=10, null=False, unique=True)
    seq = BigInt(null=False)
    hash = digest()
