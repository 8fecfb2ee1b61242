from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

late_marks_are_decided_by_two = by_query(
    "late-marks-are-decided-by-two",
    lazy("What arrived late of a sheet was decided without two different people, or not as they decided."),
    """
    SELECT h.id AS held_operation FROM held_operation h LEFT JOIN approval v ON v.id = h.approval
    LEFT JOIN sheet_revision r ON r.actor_id = h.actor_id AND r.operation = h.operation
    WHERE (h.state = 'held') <> (h.approval IS NULL) OR (h.state = 'held') <> (h.decided_at IS NULL)
       OR (h.state = 'accepted') <> (r.id IS NOT NULL) OR h.state NOT IN ('held', 'accepted', 'refused')
       OR (h.approval IS NOT NULL AND (v.given_at IS NULL OR v.given_by IS NULL OR v.given_by = v.asked_by
           OR v.subject_kind <> 'assignment' OR v.subject_id <> h.assignment
           OR v.action <> CASE h.state WHEN 'accepted' THEN 'accept late marks' ELSE 'refuse late marks' END))
    ORDER BY h.id
    """,
)

late_marks_were_written_in_time = by_query(
    "late-marks-were-written-in-time",
    lazy("What is held of a sheet arrived before the deadline, or is of another judge."),
    """
    SELECT h.id AS held_operation FROM held_operation h JOIN assignment a ON a.id = h.assignment
    JOIN seat s ON s.id = a.seat WHERE h.created_at < h.deadline OR h.actor_id <> s.person ORDER BY h.id
    """,
)

TRUTHS: tuple[Truth, ...] = (late_marks_are_decided_by_two, late_marks_were_written_in_time)
