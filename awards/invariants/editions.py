import hashlib
import json
from typing import Any

from awards.audit.tables import Event
from awards.cities.rules import EntrantState
from awards.editions.queries import document_of
from awards.editions.readiness import FORMAT, frozen_document
from awards.editions.rules import EditionState, RoundState
from awards.editions.rulesets import request_hash
from awards.editions.tables import Ruleset, RulesetRequest
from awards.entries.rules import EntryState
from awards.invariants.truth import Truth, by_query, by_reading
from awards.messages.rules import MailingState
from awards.panels.rules import AssignmentState, ProposalState, SeatState
from awards.results.rules import RunState
from awards.web.i18n import lazy
from judging import canonical_bytes

STATES = {
    "edition": EditionState,
    "round": RoundState,
    "entrant": EntrantState,
    "entry": EntryState,
    "seat": SeatState,
    "assignment": AssignmentState,
    "proposal": ProposalState,
    "calibration_run": RunState,
    "mailing": MailingState,
}


@by_reading("states-are-known", lazy("A state is none that the rules know."))
async def states_are_known() -> list[str]:
    found = []
    for table, states in STATES.items():
        rows = await Event.raw(f"SELECT id, state FROM {table} ORDER BY id")  # noqa: S608  our own table names
        known = {state.value for state in states}
        found += [f"{table} {row['id']}" for row in rows if row["state"] not in known]
    return found


calls_open_before_they_close = by_query(
    "calls-open-before-they-close",
    lazy("The call of an edition closes before it opens."),
    """
    SELECT o.edition FROM milestone o JOIN milestone c ON c.edition = o.edition AND c.kind = 'closes'
    WHERE o.kind = 'opens' AND o.at >= c.at ORDER BY o.edition
    """,
)

rubrics_stand_on_their_scale = by_query(
    "rubrics-stand-on-their-scale",
    lazy("A rubric text belongs to a mark that the scale does not have."),
    """
    SELECT l.id AS rubric_level FROM rubric_level l
    JOIN criterion k ON k.id = l.criterion JOIN scale s ON s.id = k.scale
    WHERE l.mark < 0 OR l.mark > s.top ORDER BY l.id
    """,
)

pass_or_fail_has_two_marks = by_query(
    "pass-or-fail-has-two-marks",
    lazy("A round is passed or failed, and a criterion of it has a scale with more than two marks."),
    """
    SELECT k.id AS criterion FROM criterion k JOIN round r ON r.id = k.round JOIN scale s ON s.id = k.scale
    WHERE r.kind = 'pass or fail' AND s.top <> 1 ORDER BY k.id
    """,
)

criteria_stay_in_their_edition = by_query(
    "criteria-stay-in-their-edition",
    lazy("A criterion uses a scale or a category of another edition."),
    """
    SELECT DISTINCT k.id AS criterion FROM criterion k
    JOIN round r ON r.id = k.round JOIN scale s ON s.id = k.scale
    LEFT JOIN criterion_weight w ON w.criterion = k.id LEFT JOIN category c ON c.id = w.category
    WHERE s.edition <> r.edition OR c.edition <> r.edition ORDER BY k.id
    """,
)

prizes_stay_in_their_edition = by_query(
    "prizes-stay-in-their-edition",
    lazy("A prize is of a category of another edition."),
    """
    SELECT p.id AS prize FROM prize p JOIN category c ON c.id = p.category
    WHERE c.edition <> p.edition ORDER BY p.id
    """,
)


@by_reading("rulesets-are-whole", lazy("What froze is not what its hash says."))
async def rulesets_are_whole() -> list[str]:
    rows = await Ruleset.select(Ruleset.id, Ruleset.body, Ruleset.sha256).order_by(Ruleset.id)
    return [
        f"ruleset {row['id']}"
        for row in rows
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]
    ]


rulesets_name_their_round = by_query(
    "rulesets-name-their-round",
    lazy("A ruleset names a round that its edition does not have."),
    """
    SELECT f.id AS ruleset FROM ruleset f LEFT JOIN round r ON r.id = f.round_id AND r.edition = f.edition
    WHERE f.round_id IS NOT NULL AND r.id IS NULL ORDER BY f.id
    """,
)

rulesets_are_numbered = by_query(
    "rulesets-are-numbered",
    lazy("The rulesets of an edition are not numbered 1, 2, 3."),
    """
    SELECT edition FROM ruleset GROUP BY edition HAVING MIN(version) <> 1 OR MAX(version) <> COUNT(*)
    ORDER BY edition
    """,
)

# The first ruleset of a round is what its opening froze; the call freezes without one.
rulesets_are_changed_by_two = by_query(
    "rulesets-are-changed-by-two",
    lazy(
        "What had frozen was changed without the consent of two different people, or without a public note."
    ),
    """
    SELECT f.id AS ruleset FROM ruleset f LEFT JOIN approval a ON a.id = f.approval
    WHERE (f.round_id IS NULL OR f.approval IS NOT NULL OR EXISTS
           (SELECT 1 FROM ruleset e WHERE e.round_id = f.round_id AND e.version < f.version))
      AND (a.given_by IS NULL OR a.given_at IS NULL OR a.given_by = a.asked_by OR a.ended_at IS NOT NULL
           OR a.action <> 'new ruleset' OR a.subject_id <> f.edition OR f.public_note = '')
    ORDER BY f.id
    """,
)


@by_reading("rulesets-are-in-force", lazy("A round is judged by other rules than its newest ruleset says."))
async def rulesets_are_in_force() -> list[str]:
    rows = await Ruleset.raw(
        """
        SELECT f.id, f.edition, f.body, r.code FROM ruleset f JOIN round r ON r.id = f.round_id
        WHERE NOT EXISTS (SELECT 1 FROM ruleset n WHERE n.round_id = f.round_id AND n.version > f.version)
        ORDER BY f.id
        """
    )
    documents = {edition: await document_of(edition) for edition in sorted({row["edition"] for row in rows})}
    found = []
    for row in rows:
        # Rounds that were judged elsewhere keep their rules in another form.
        if f'"format":"{FORMAT}"' not in row["body"]:
            continue
        said = json.loads(row["body"])
        now = json.loads(canonical_bytes(frozen_document(documents[row["edition"]], row["code"])))
        if _frozen_parts(said) != _frozen_parts(now):
            found.append(f"ruleset {row['id']}")
    return found


def _frozen_parts(body: dict[str, Any]) -> dict[str, Any]:
    """Without the words that may still be bettered, and what only stands there to be told."""
    of_round = {name: value for name, value in body["round"].items() if name != "name"}
    names = ("disclosure", "late_sync", "further_reads", "scales", "prizes", "conflicts", "past_years")
    return {"round": of_round, **{name: body.get(name) for name in names}}


@by_reading("ruleset-requests-are-whole", lazy("A request for a new ruleset is not what was signed."))
async def ruleset_requests_are_whole() -> list[str]:
    rows = await RulesetRequest.raw(
        """
        SELECT q.id, q.base, q.base_sha256, q.body, q.sha256, q.public_note, q.ended_by, a.subject_sha256,
               a.given_at, a.ended_at, (SELECT COUNT(*) FROM ruleset f WHERE f.approval = a.id) AS made
        FROM ruleset_request q JOIN approval a ON a.id = q.approval ORDER BY q.id
        """
    )
    return [f"ruleset request {row['id']}" for row in rows if not _is_whole(row)]


def _is_whole(row: dict[str, Any]) -> bool:
    texts = ((row["base"], row["base_sha256"]), (row["body"], row["sha256"]))
    return (
        all(hashlib.sha256(text.encode()).hexdigest() == sha256 for text, sha256 in texts)
        and row["subject_sha256"] == request_hash(row["base_sha256"], row["sha256"], row["public_note"])
        and (row["made"] > 0) == (row["given_at"] is not None)
        and (row["ended_by"] is None) == (row["ended_at"] is None)
        and (row["given_at"] is None or row["ended_at"] is None)
    )


TRUTHS: tuple[Truth, ...] = (
    states_are_known,
    calls_open_before_they_close,
    rubrics_stand_on_their_scale,
    pass_or_fail_has_two_marks,
    criteria_stay_in_their_edition,
    prizes_stay_in_their_edition,
    rulesets_are_whole,
    rulesets_name_their_round,
    rulesets_are_numbered,
    rulesets_are_changed_by_two,
    rulesets_are_in_force,
    ruleset_requests_are_whole,
)
