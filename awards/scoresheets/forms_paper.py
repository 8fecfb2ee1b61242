"""Commands about paper sheets."""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace
from pydantic import Field

from awards.errors import Invalid
from awards.scoresheets.forms import SaveSheet, derived, operation_of_form
from awards.scoresheets.keying import LONGEST_REMARK
from awards.web.fields import Fields
from awards.web.forms import Form, Version
from awards.web.i18n import _


class KeySheet(Struct, frozen=True):
    """What stands on the paper, as an operation on the sheet of this seat and entry."""

    seat: int
    reference: str
    paper_date: str
    operation: SaveSheet


class RefuseKeying(Form):
    """The judge says what is not as it stands on their paper."""

    version: Version
    remark: Annotated[str, Field(title="What is not right", min_length=1, max_length=LONGEST_REMARK)]


def key_sheet_of(fields: Fields, seat: int, reference: str) -> KeySheet:
    """Raises Invalid with every field that is wrong."""
    problems: dict[str, str] = {}
    paper_date = fields.get("paper_date", "").strip()[:40]
    if not paper_date:
        problems["paper_date"] = _("Enter the date that stands on the paper")
    try:
        operation = operation_of_form(fields)
    except Invalid as problem:
        raise Invalid({**problems, **problem.errors}) from None
    change = operation.change
    said = [mark for mark in change.marks.values() if mark is not None]
    if not said and not any(change.notes.values()) and not change.confidence:
        problems.setdefault("", _("Enter what stands on the paper: at least one mark or note"))
    if problems:
        raise Invalid(problems)
    # The same marks with another date are no retry.
    key = derived(operation.key, paper_date)
    return KeySheet(seat, reference, paper_date, replace(operation, key=key))
