from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

waivers_are_of_two = by_query(
    "waivers-are-of-two",
    lazy(
        "What passes at the gate was not asked for and consented to by two people, over exactly this round."
    ),
    """
    SELECT w.id AS waiver FROM waiver w JOIN approval v ON v.id = w.approval
    WHERE v.action <> 'waive at the gate' OR v.subject_kind <> 'round' OR v.subject_id <> w.round
       OR v.reason = '' OR (v.given_at IS NULL) <> (v.given_by IS NULL) OR v.given_by = v.asked_by
       OR (w.ended_at IS NULL) <> (v.ended_at IS NULL) OR v.ended_at < v.given_at
    ORDER BY w.id
    """,
)

waivers_stand_alone = by_query(
    "waivers-stand-alone",
    lazy("One word of two people lets more than one thing pass."),
    "SELECT approval FROM waiver GROUP BY approval HAVING COUNT(*) > 1 ORDER BY approval",
)

TRUTHS: tuple[Truth, ...] = (waivers_are_of_two, waivers_stand_alone)
