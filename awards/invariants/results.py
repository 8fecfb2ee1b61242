import hashlib
import json
from typing import Any

from awards.invariants.truth import Truth, by_query, by_reading
from awards.results.tables import CalibrationRun
from awards.web.i18n import lazy

one_adopted_run = by_query(
    "one-adopted-run",
    lazy("A round has more than one adopted run."),
    """
    SELECT round FROM calibration_run WHERE state = 'adopted'
    GROUP BY round HAVING COUNT(*) > 1 ORDER BY round
    """,
)

runs_are_numbered = by_query(
    "runs-are-numbered",
    lazy("The runs of a round are not numbered 1, 2, 3."),
    """
    SELECT round FROM calibration_run GROUP BY round HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)
    ORDER BY round
    """,
)

runs_follow_their_rules = by_query(
    "runs-follow-their-rules",
    lazy("A run was computed under the rules of another round or edition."),
    """
    SELECT c.id AS run FROM calibration_run c JOIN round r ON r.id = c.round
    JOIN ruleset f ON f.id = c.ruleset
    WHERE f.edition <> r.edition OR (f.round_id IS NOT NULL AND f.round_id <> r.id) ORDER BY c.id
    """,
)

nothing_is_computed_early = by_query(
    "nothing-is-computed-early",
    lazy("A run exists of a round that is still judged for the first time."),
    """
    SELECT c.id AS run FROM calibration_run c JOIN round r ON r.id = c.round
    WHERE r.state IN ('draft', 'open') ORDER BY c.id
    """,
)


@by_reading("runs-are-whole", lazy("A run's inputs or results are not what their hash says."))
async def runs_are_whole() -> list[str]:
    rows = await CalibrationRun.select(
        CalibrationRun.id,
        CalibrationRun.inputs,
        CalibrationRun.inputs_sha256,
        CalibrationRun.body,
        CalibrationRun.sha256,
    ).order_by(CalibrationRun.id)
    return [
        f"run {row['id']}"
        for row in rows
        if _sha256(row["inputs"]) != row["inputs_sha256"] or _sha256(row["body"]) != row["sha256"]
    ]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_STANDINGS = """
SELECT s.run, s.scope, s.sheets, s.raw_mean AS raw, s.estimate, s.error, s.rank, s.rank_low, s.rank_high,
       e.reference AS entry, x.round, c.round AS run_round
FROM standing s JOIN calibration_run c ON c.id = s.run JOIN round_entry x ON x.id = s.round_entry
JOIN entry e ON e.id = x.entry
"""
_EFFECTS = """
SELECT j.run, j.scope, j.severity, j.error, j.spread, j.fit, s.label AS judge, s.round, c.round AS run_round
FROM judge_effect j JOIN calibration_run c ON c.id = j.run JOIN seat s ON s.id = j.seat
"""
_STANDING = ("scope", "entry", "sheets", "raw", "estimate", "error", "rank", "rank_low", "rank_high")
_EFFECT = ("scope", "judge", "severity", "error", "spread", "fit")


@by_reading("standings-are-their-run", lazy("The standings that pages show are not those of the run."))
async def standings_are_their_run() -> list[str]:
    return await _unlike_their_run("standings", _STANDING, await CalibrationRun.raw(_STANDINGS))


@by_reading("severities-are-their-run", lazy("The severities that pages show are not those of the run."))
async def severities_are_their_run() -> list[str]:
    return await _unlike_their_run("judges", _EFFECT, await CalibrationRun.raw(_EFFECTS))


async def _unlike_their_run(part: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> list[str]:
    stored: dict[int, set[tuple[Any, ...]]] = {}
    strangers: set[int] = set()
    for row in rows:
        stored.setdefault(row["run"], set()).add(tuple(row[name] for name in columns))
        if row["round"] != row["run_round"]:
            strangers.add(row["run"])
    found = []
    bodies = await CalibrationRun.select(CalibrationRun.id, CalibrationRun.body).order_by(CalibrationRun.id)
    for run in bodies:
        said = {tuple(line[name] for name in columns) for line in json.loads(run["body"]).get(part, [])}
        if run["id"] in strangers or said != stored.get(run["id"], set()):
            found.append(f"run {run['id']}")
    return found


decisions_are_numbered = by_query(
    "decisions-are-numbered",
    lazy("The decisions on a place of a prize are not numbered 1, 2, 3."),
    """
    SELECT prize, place FROM prize_decision GROUP BY prize, place
    HAVING MIN(version) <> 1 OR MAX(version) <> COUNT(*) ORDER BY prize, place
    """,
)

prizes_go_to_their_category = by_query(
    "prizes-go-to-their-category",
    lazy("A prize went to an entry of another category or edition."),
    """
    SELECT d.id AS prize_decision FROM prize_decision d JOIN prize p ON p.id = d.prize
    JOIN entry e ON e.id = d.entry
    WHERE e.edition <> p.edition OR (p.category IS NOT NULL AND e.category <> p.category) ORDER BY d.id
    """,
)

prizes_are_decided_by_this_edition = by_query(
    "prizes-are-decided-by-their-edition",
    lazy("A prize was decided by a run of another edition."),
    """
    SELECT d.id AS prize_decision FROM prize_decision d JOIN prize p ON p.id = d.prize
    JOIN calibration_run c ON c.id = d.run JOIN round r ON r.id = c.round
    WHERE r.edition <> p.edition ORDER BY d.id
    """,
)

# --- publication --------------------------------------------------------------------------------------

publications_are_signed_by_two = by_query(
    "publications-are-signed-by-two",
    lazy("Results are published without the consent of two different people to exactly them."),
    """
    SELECT p.id AS publication FROM publication p LEFT JOIN approval a ON a.id = p.approval
    WHERE p.kind <> 'archive'
      AND (a.given_by IS NULL OR a.given_at IS NULL OR a.given_by = a.asked_by OR a.ended_at IS NOT NULL)
    ORDER BY p.id
    """,
)

publications_wait_for_the_second = by_query(
    "publications-wait-for-the-second",
    lazy("Results became visible before the second signature."),
    """
    SELECT p.id AS publication FROM publication p JOIN approval a ON a.id = p.approval
    WHERE p.visible_at < a.given_at ORDER BY p.id
    """,
)

signed_results_rest_on_decided_rounds = by_query(
    "signed-results-rest-on-decided-rounds",
    lazy("Two people signed the results of an edition, and a round of it is not decided."),
    """
    SELECT r.id AS round FROM round r WHERE r.state <> 'decided'
      AND EXISTS (SELECT 1 FROM publication p WHERE p.edition = r.edition
                  AND p.kind NOT IN ('archive', 'finalists')) ORDER BY r.id
    """,
)

decided_rounds_have_an_outcome = by_query(
    "decided-rounds-have-an-outcome",
    lazy("A round with marks is decided, and no run of it is adopted."),
    """
    SELECT r.id AS round FROM round r WHERE r.state = 'decided' AND r.kind = 'criteria'
      AND EXISTS (SELECT 1 FROM round_entry x WHERE x.round = r.id)
      AND NOT EXISTS (SELECT 1 FROM calibration_run c WHERE c.round = r.id AND c.state = 'adopted') ORDER BY r.id
    """,
)

publications_are_numbered = by_query(
    "publications-are-numbered",
    lazy("The publications of an edition are not numbered 1, 2, 3."),
    """
    SELECT edition FROM publication GROUP BY edition HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)
    ORDER BY edition
    """,
)

published_entries_are_of_their_edition = by_query(
    "published-entries-are-of-their-edition",
    lazy("A published entry is of another edition."),
    """
    SELECT b.id AS published_entry FROM published_entry b JOIN publication p ON p.id = b.publication
    JOIN entry e ON e.id = b.entry WHERE e.edition <> p.edition ORDER BY b.id
    """,
)

TRUTHS: tuple[Truth, ...] = (
    one_adopted_run,
    runs_are_numbered,
    runs_follow_their_rules,
    nothing_is_computed_early,
    runs_are_whole,
    standings_are_their_run,
    severities_are_their_run,
    decisions_are_numbered,
    prizes_go_to_their_category,
    prizes_are_decided_by_this_edition,
    publications_are_signed_by_two,
    publications_wait_for_the_second,
    signed_results_rest_on_decided_rounds,
    decided_rounds_have_an_outcome,
    publications_are_numbered,
    published_entries_are_of_their_edition,
)
