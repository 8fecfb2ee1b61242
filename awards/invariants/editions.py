import hashlib

from awards.audit.tables import Event
from awards.cities.rules import EntrantState
from awards.editions.rules import EditionState, RoundState
from awards.editions.tables import Ruleset
from awards.entries.rules import EntryState
from awards.invariants.truth import Truth, by_query, by_reading
from awards.panels.rules import AssignmentState, ProposalState, SeatState
from awards.results.rules import RunState
from awards.web.i18n import lazy

STATES = {
    "edition": EditionState,
    "round": RoundState,
    "entrant": EntrantState,
    "entry": EntryState,
    "seat": SeatState,
    "assignment": AssignmentState,
    "proposal": ProposalState,
    "calibration_run": RunState,
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

TRUTHS: tuple[Truth, ...] = (
    states_are_known,
    calls_open_before_they_close,
    rubrics_stand_on_their_scale,
    criteria_stay_in_their_edition,
    prizes_stay_in_their_edition,
    rulesets_are_whole,
    rulesets_name_their_round,
)
