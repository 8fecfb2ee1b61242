"""The few kinds of column that our tables are made of.

Foreign keys are never null by accident and never cascade; instants have no default, because time comes in.
"""

from typing import Any

from piccolo.columns import ForeignKey, Integer, OnDelete, OnUpdate, Serial, Timestamptz, Varchar
from piccolo.columns.column_types import Text
from piccolo.table import Table


def link(to: type[Table] | str, *, index: bool = True) -> Any:
    """A foreign key that must be set and that keeps what it points to."""
    references: Any = to  # either kind: Piccolo's types know each, not both
    return ForeignKey(
        references=references,
        null=False,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.restrict,
        index=index,
    )


def optional_link(to: type[Table] | str, *, index: bool = False) -> Any:
    references: Any = to  # either kind: Piccolo's types know each, not both
    return ForeignKey(
        references=references,
        null=True,
        on_delete=OnDelete.restrict,
        on_update=OnUpdate.restrict,
        index=index,
    )


def moment(*, index: bool = False) -> Timestamptz:
    return Timestamptz(default=None, null=False, index=index)


def optional_moment(*, index: bool = False) -> Timestamptz:
    return Timestamptz(default=None, null=True, index=index)


def word(*, length: int = 60, index: bool = False, default: str = "") -> Varchar:
    """A short word of ours: a state, a kind, a slug."""
    return Varchar(length=length, null=False, default=default, index=index)


def line(length: int = 300) -> Varchar:
    """One line that a person wrote."""
    return Varchar(length=length, null=False, default="")


def prose() -> Text:
    """Text of any length, or a canonical JSON document."""
    return Text(null=False, default="")


def digest() -> Varchar:
    return Varchar(length=64, null=False, default="")


def whole(default: int = 0) -> Integer:
    return Integer(null=False, default=default)


def optional_whole() -> Integer:
    return Integer(null=True, default=None)


class Row:
    """Every table knows when its row was made; the caller says when that is."""

    id: Serial  # Piccolo adds the column; this tells the type checker
    created_at = moment()
