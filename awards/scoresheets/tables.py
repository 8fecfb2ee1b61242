from piccolo.columns import Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from awards.accounts.tables import Approval, Person
from awards.db.columns import (
    Row,
    link,
    moment,
    optional_link,
    optional_moment,
    optional_whole,
    prose,
    whole,
    word,
)
from awards.editions.tables import Criterion
from awards.panels.tables import Assignment


class Scoresheet(Row, Table):
    assignment = link(Assignment, index=False)
    version = whole()
    position = whole()
    confidence = word()
    keyed_by = optional_link(Person)
    scoresheet_one_per_assignment = Unique(["assignment"])


class SheetRevision(Row, Table):
    """The fact behind a sheet, and the answer to every retry of the same operation."""

    scoresheet = link(Scoresheet, index=False)
    version = whole()
    actor_id = whole()
    operation = Varchar(length=64, null=False)
    base_version = whole()
    change = prose()
    device_at = optional_moment()
    sheet_revision_one_per_version = Unique(["scoresheet", "version"])
    sheet_revision_one_per_operation = Unique(["actor_id", "operation"])


class Mark(Row, Table):
    """Current marks, rebuilt from the revisions by an invariant."""

    scoresheet = link(Scoresheet, index=False)
    criterion = link(Criterion)
    value = optional_whole()
    state = word(default="given")
    mark_one_per_criterion = Unique(["scoresheet", "criterion"])


class SheetNote(Row, Table):
    scoresheet = link(Scoresheet, index=False)
    audience = word()
    text = prose()
    sheet_note_one_per_audience = Unique(["scoresheet", "audience"])


class Receipt(Row, Table):
    """For each signature: the promise that stands in the audit trail at `event_seq`, and what opens it."""

    scoresheet = link(Scoresheet, index=False)
    version = whole()
    nonce = Varchar(length=32, null=False)
    document = prose()
    commitment = Varchar(length=64, null=False, unique=True)
    event_seq = whole()
    receipt_one_per_version = Unique(["scoresheet", "version"])


class Keying(Row, Table):
    """A paper sheet, keyed in for its judge as this version of the scoresheet, and what the judge says is wrong with it."""

    scoresheet = link(Scoresheet, index=False)
    version = whole()
    keyed_by = link(Person, index=False)
    paper_date = word(length=10)
    refused_at = optional_moment()
    remark = prose()
    keying_one_per_version = Unique(["scoresheet", "version"])


class HeldOperation(Row, Table):
    """A save that was written in time without a line and arrived late: kept whole until two people decide.

    Accepted, it becomes a revision with the same key. `device_ahead`: by how many seconds the device's clock was ahead
    of ours when it was sent.
    """

    assignment = link(Assignment)
    actor_id = whole()
    operation = Varchar(length=64, null=False)
    base_version = whole()
    change = prose()
    device_at = moment()
    device_ahead = whole()
    deadline = moment()
    state = word(default="held")
    approval = optional_link(Approval)
    decided_at = optional_moment()
    held_operation_one_per_operation = Unique(["actor_id", "operation"])
