"""Nothing reaches judges that nobody let in, and nothing is kept out by one person alone."""

import json

from awards.entries.asking import codes_of
from awards.entries.tables import Enquiry
from awards.invariants.truth import Truth, by_query, by_reading
from awards.web.i18n import lazy

# Decisions from before there was a record of the submission decided on name none.
judges_read_what_was_let_in = by_query(
    "judges-read-what-was-let-in",
    lazy("An entry in a round was not let in, or judges read another submission than the one decided on."),
    """
    SELECT x.id AS round_entry FROM round_entry x JOIN entry e ON e.id = x.entry
    LEFT JOIN screening_decision d ON d.entry = e.id
     AND d.number = (SELECT MAX(f.number) FROM screening_decision f WHERE f.entry = e.id)
    WHERE e.state NOT IN ('eligible', 'withdrawn') OR d.outcome = 'ineligible' OR d.entry_version <> x.entry_version
    ORDER BY x.id
    """,
)

exclusions_take_two = by_query(
    "exclusions-take-two",
    lazy("One person alone found an entry not eligible, where the edition asks for two."),
    """
    SELECT d.id AS decision FROM screening_decision d JOIN entry e ON e.id = d.entry
    LEFT JOIN approval a ON a.id = d.approval AND a.action = 'exclude entry' AND a.subject_kind = 'entry'
     AND a.subject_id = d.entry AND a.given_at IS NOT NULL AND a.given_by = d."by" AND a.reason = d.reason
    LEFT JOIN edition_rule r ON r.edition = e.edition AND r.code = 'excluded_by' AND r.value = '1'
    WHERE d.number = 1 AND d.outcome = 'ineligible' AND d.entry_version IS NOT NULL AND a.id IS NULL AND r.id IS NULL
    ORDER BY d.id
    """,
)

appeals_come_before_their_decision = by_query(
    "appeals-come-before-their-decision",
    lazy("An entry was decided on twice without an appeal, or an appeal has no first decision."),
    """
    SELECT d.entry FROM screening_decision d LEFT JOIN appeal x ON x.entry = d.entry
    WHERE d.number > 1 AND d.entry_version IS NOT NULL AND (x.id IS NULL OR x.created_at > d.created_at)
    UNION
    SELECT x.entry FROM appeal x LEFT JOIN screening_decision d ON d.entry = x.entry AND d.number = 1
     AND d.outcome = 'ineligible' WHERE d.id IS NULL ORDER BY 1
    """,
)

finished_screenings_say_what_was_found = by_query(
    "finished-screenings-say-what-was-found",
    lazy("A screening is finished without an outcome, or is about a submission that there is not."),
    """
    SELECT s.id AS screening FROM screening s LEFT JOIN entry_version v ON v.entry = s.entry AND v.number = s.number
    WHERE s.done_at IS NOT NULL AND (s.outcome NOT IN ('eligible', 'ineligible') OR v.id IS NULL) ORDER BY s.id
    """,
)


@by_reading(
    "answers-to-the-desk-change-what-was-asked",
    lazy("In answer to a question a city changed more than it was asked about."),
)
async def answers_change_what_was_asked() -> list[str]:
    rows = await Enquiry.raw(
        "SELECT q.id, q.questions, v.body, w.body AS before FROM enquiry q JOIN entry_version v ON v.id = q.entry_version"
        " LEFT JOIN entry_version w ON w.entry = v.entry AND w.number = v.number - 1 ORDER BY q.id"
    )
    found = []
    for row in rows:
        codes = codes_of(row["questions"])
        if row["before"] is None or _without(row["before"], codes) != _without(row["body"], codes):
            found.append(f"enquiry {row['id']}")
    return found


def _without(text: str, codes: tuple[str, ...]) -> dict[str, object]:
    body = json.loads(text)
    for part in ("answers", "files"):
        body[part] = {code: value for code, value in body.get(part, {}).items() if code not in codes}
    return dict(body)


TRUTHS: tuple[Truth, ...] = (
    judges_read_what_was_let_in,
    exclusions_take_two,
    appeals_come_before_their_decision,
    finished_screenings_say_what_was_found,
    answers_change_what_was_asked,
)
