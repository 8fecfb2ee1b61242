"""What follows from a publication comes after its instant, and of the same edition."""

from awards.invariants.truth import Truth, by_query, by_reading
from awards.publication.feedback import read_feedback
from awards.publication.tables import Feedback
from awards.web.i18n import lazy

nothing_follows_early = by_query(
    "nothing-follows-a-publication-early",
    lazy("Feedback or a certificate was made before the instant of its publication."),
    "SELECT 'feedback' AS kind, f.id FROM feedback f JOIN publication p ON p.id = f.publication"
    " WHERE f.created_at < p.visible_at OR (p.withdrawn_at IS NOT NULL AND p.withdrawn_at < f.created_at)"
    " UNION ALL SELECT 'certificate', c.id FROM certificate c JOIN published_entry w ON w.id = c.published_entry"
    " JOIN publication p ON p.id = w.publication"
    " WHERE c.created_at < p.visible_at OR (p.withdrawn_at IS NOT NULL AND p.withdrawn_at < c.created_at)"
    " ORDER BY 1, 2",
)

feedback_of_its_edition = by_query(
    "feedback-is-of-its-edition",
    lazy("Feedback is of an entry of another edition than its publication."),
    "SELECT f.id AS feedback FROM feedback f JOIN publication p ON p.id = f.publication"
    " JOIN entry n ON n.id = f.entry WHERE n.edition <> p.edition ORDER BY f.id",
)

certificates_for_who_is_named = by_query(
    "certificates-are-for-winners-and-finalists",
    lazy("A certificate is of an entry that has no prize and is no finalist."),
    "SELECT c.check_code FROM certificate c JOIN published_entry w ON w.id = c.published_entry"
    " WHERE (c.kind = 'winner' AND w.prize = '') OR c.kind NOT IN ('winner', 'finalist')"
    " OR (c.kind = 'finalist' AND w.figures NOT LIKE '%\"finalist\":true%') ORDER BY c.id",
)


@by_reading(
    "feedback-says-nothing-of-few-sheets",
    lazy("Feedback says something of fewer than three sheets, or cannot be read."),
)
async def feedback_of_enough() -> list[str]:
    return [
        f"feedback {row['id']}"
        for row in await Feedback.select(Feedback.id, Feedback.body).order_by(Feedback.id)
        if not _is_sound(row["body"])
    ]


def _is_sound(body: str) -> bool:
    try:
        found = read_feedback(body)
    except (ValueError, TypeError, KeyError):
        return False
    return all(
        one.enough or not (one.words or one.criteria or one.estimate is not None or one.rank_low is not None)
        for one in found.rounds
    )


TRUTHS: tuple[Truth, ...] = (
    nothing_follows_early,
    feedback_of_its_edition,
    certificates_for_who_is_named,
    feedback_of_enough,
)
