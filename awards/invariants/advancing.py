"""Truths of who goes on from round to round, and of whom prizes are for."""

from awards.editions.stored import ring_of
from awards.invariants.truth import Truth, by_query, by_reading
from awards.results.awarding import Candidate as Seen
from awards.results.awarding import PrizeRule, fits
from awards.results.tables import PrizeDecision
from awards.web.i18n import lazy

outcomes_are_what_was_said = by_query(
    "outcomes-are-what-was-said",
    lazy("An entry goes on from a round, or does not, otherwise than was said last."),
    """
    SELECT re.id AS round_entry FROM round_entry re LEFT JOIN advance a ON a.round_entry = re.id AND NOT EXISTS (
      SELECT 1 FROM advance n WHERE n.round_entry = a.round_entry AND n.version > a.version)
    WHERE re.outcome <> COALESCE(a.outcome, '') ORDER BY re.id
    """,
)

who_goes_on_is_in_the_next_round = by_query(
    "who-goes-on-is-in-the-next-round",
    lazy("An entry goes on from a round and is not in the next one."),
    """
    SELECT re.id AS round_entry FROM round_entry re JOIN round r ON r.id = re.round
    JOIN round n ON n.edition = r.edition AND n.position > r.position AND NOT EXISTS (
      SELECT 1 FROM round o WHERE o.edition = r.edition AND o.position > r.position AND o.position < n.position)
    WHERE re.outcome = 'advanced'
      AND NOT EXISTS (SELECT 1 FROM round_entry x WHERE x.round = n.id AND x.entry = re.entry) ORDER BY re.id
    """,
)


@by_reading(
    "prizes-go-to-whom-they-are-for",
    lazy("A prize for a region, a country or a kind of entrant went to another."),
)
async def prizes_go_to_whom_they_are_for() -> list[str]:
    rows = await PrizeDecision.raw(
        'SELECT d.id, p.code, p.kind, p."values" AS ring, en.reference, ct.region, ct.country, t.kind AS entrant_kind'
        " FROM prize_decision d JOIN prize p ON p.id = d.prize JOIN entry en ON en.id = d.entry"
        " JOIN entrant t ON t.id = en.entrant JOIN entrant ct ON ct.id = COALESCE(en.for_city, en.entrant)"
        " WHERE p.kind IN ('ring-fenced', 'cascade') AND NOT EXISTS (SELECT 1 FROM prize_decision n"
        "  WHERE n.prize = d.prize AND n.place = d.place AND n.version > d.version) ORDER BY d.id"
    )
    return [
        f"prize_decision {row['id']}"
        for row in rows
        if not fits(
            PrizeRule(row["code"], "", 1, 1, row["kind"], ring_of(row["ring"])),
            Seen(row["reference"], "", None, row["region"], row["country"], row["entrant_kind"]),
        )
    ]


TRUTHS: tuple[Truth, ...] = (
    outcomes_are_what_was_said,
    who_goes_on_is_in_the_next_round,
    prizes_go_to_whom_they_are_for,
)
