"""Truths of what panels put on record: numbered, in its own round, concluded by two people under exactly it."""

from awards.invariants.truth import Truth, by_query, by_reading
from awards.results.meeting import CONCLUDE, concluded
from awards.results.queries.meeting import meeting_at
from awards.results.tables import Deliberation
from awards.web.i18n import lazy

acts_are_numbered = by_query(
    "deliberations-are-numbered",
    lazy("What is on record of a deliberation is not numbered 1, 2, 3."),
    """
    SELECT deliberation FROM deliberation_act GROUP BY deliberation
    HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*) ORDER BY deliberation
    """,
)

deliberations_stay_in_their_round = by_query(
    "deliberations-stay-in-their-round",
    lazy(
        "A deliberation is on another edition's category or another round's run, or speaks of an entry elsewhere."
    ),
    """
    SELECT d.id AS deliberation FROM deliberation d JOIN round r ON r.id = d.round
    JOIN category c ON c.id = d.category JOIN calibration_run u ON u.id = d.run
    WHERE c.edition <> r.edition OR u.round <> d.round
    UNION
    SELECT a.deliberation FROM deliberation_act a JOIN deliberation d ON d.id = a.deliberation
    JOIN calibration_run u ON u.id = a.run LEFT JOIN round_entry x ON x.id = a.round_entry
    LEFT JOIN entry e ON e.id = x.entry
    WHERE u.round <> d.round OR x.round <> d.round OR e.category <> d.category ORDER BY 1
    """,
)

deliberations_are_concluded_by_two = by_query(
    "deliberations-are-concluded-by-two",
    lazy(
        "A deliberation is concluded without the signatures of two different people, or is open and signed."
    ),
    f"""
    SELECT d.id AS deliberation FROM deliberation d LEFT JOIN approval a ON a.id = d.approval
    WHERE (d.state = 'open' AND (d.approval IS NOT NULL OR d.concluded_at IS NOT NULL))
      OR (d.state <> 'open' AND (a.id IS NULL OR a.action <> '{CONCLUDE}' OR a.subject_kind <> 'deliberation'
        OR a.subject_id <> d.id OR a.given_by IS NULL OR a.given_by = a.asked_by OR a.ended_at IS NOT NULL
        OR d.concluded_at IS NULL))
    ORDER BY d.id
    """,  # noqa: S608  # a word of ours
)


@by_reading(
    "what-was-concluded-is-what-was-signed",
    lazy("The record, the order or the run of a concluded deliberation is not what two people signed."),
)
async def what_was_concluded_is_what_was_signed() -> list[str]:
    rows = await Deliberation.raw(
        "SELECT d.id, d.round, c.code FROM deliberation d JOIN category c ON c.id = d.category"
        " WHERE d.state = 'concluded' ORDER BY d.id"
    )
    found = []
    for row in rows:
        meeting = await meeting_at(row["round"], row["code"])
        signed = meeting.conclusion
        if signed is not None and signed.sha256 != concluded(meeting.fingerprint(), signed.statement):
            found.append(f"deliberation {row['id']}")
    return found


TRUTHS: tuple[Truth, ...] = (
    acts_are_numbered,
    deliberations_stay_in_their_round,
    deliberations_are_concluded_by_two,
    what_was_concluded_is_what_was_signed,
)
