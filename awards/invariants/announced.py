"""Steps of an announcement come out in their order, entrants are told in time, and what was stopped stood still."""

from awards.audit.actions import Action
from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

steps_come_out_in_their_order = by_query(
    "steps-come-out-in-their-order",
    lazy("A publication came out, or will, before the one that it goes on from."),
    """
    SELECT n.id AS publication FROM publication p JOIN publication n ON n.edition = p.edition AND n.number > p.number
    WHERE p.withdrawn_at IS NULL AND n.withdrawn_at IS NULL AND n.visible_at < p.visible_at ORDER BY n.id
    """,
)

entrants_are_told_in_time = by_query(
    "entrants-are-told-at-the-instant-or-later",
    lazy("Entrants were told of a publication before it was out."),
    f"""
    SELECT p.id AS publication FROM publication p JOIN event v ON v.subject_kind = 'publication'
      AND v.subject_id = p.id AND v.action = '{Action.ENTRANTS_TOLD.value}'
    WHERE v.at < p.visible_at ORDER BY p.id
    """,  # noqa: S608  # only texts of ours are put in
)

nothing_comes_out_while_stopped = by_query(
    "nothing-comes-out-while-stopped",
    lazy("An edition was stopped, and something of it is scheduled or was signed all the same."),
    """
    SELECT p.id AS publication FROM publication p JOIN halt h ON h.edition = p.edition
    WHERE p.approval IS NOT NULL AND p.withdrawn_at IS NULL AND p.visible_at > h.created_at
      AND (h.ended_at IS NULL OR p.created_at < h.ended_at) ORDER BY p.id
    """,
)

_WRITTEN = ", ".join(
    f"'{one.value}'"
    for one in (
        Action.SHEET_OPENED,
        Action.SHEET_SAVED,
        Action.SHEET_KEYED,
        Action.SHEET_SIGNED,
        Action.SHEET_REOPENED,
        Action.LATE_HELD,
        Action.LATE_ACCEPTED,
    )
)

# By the trail, which is in the order of what was done: instants are those of arrival.
no_sheet_is_written_while_stopped = by_query(
    "no-sheet-is-written-while-stopped",
    lazy("An edition was stopped, and a sheet of it was written all the same."),
    f"""
    SELECT v.seq AS event FROM event h JOIN event v ON v.edition_id = h.edition_id AND v.seq > h.seq
    WHERE h.action = '{Action.EDITION_HALTED.value}' AND v.action IN ({_WRITTEN}) AND NOT EXISTS (
      SELECT 1 FROM event e WHERE e.edition_id = h.edition_id AND e.action = '{Action.HALT_ENDED.value}'
      AND e.seq > h.seq AND e.seq < v.seq) ORDER BY v.seq
    """,  # noqa: S608  # only texts of ours are put in
)

TRUTHS: tuple[Truth, ...] = (
    steps_come_out_in_their_order,
    entrants_are_told_in_time,
    nothing_comes_out_while_stopped,
    no_sheet_is_written_while_stopped,
)
