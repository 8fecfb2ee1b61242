from piccolo.columns import Boolean
from piccolo.table import Table

from awards.db.columns import Row, optional_moment, prose, whole, word


class Job(Row, Table):
    """Long work as a row: claimed under a lease, reporting progress, cancelled on request."""

    kind = word()
    subject_kind = word()
    subject_id = whole()
    args = prose()
    asked_by = whole()
    state = word(index=True)
    progress = whole()
    cancel_asked = Boolean(null=False, default=False)
    leased_until = optional_moment()
    attempts = whole()
    result = prose()
    ended_at = optional_moment()
