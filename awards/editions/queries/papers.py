"""Paper sheets of a round that their judges have not confirmed: what a round would close without.

The rows belong to features above this one; of the sheets nothing is read but whose they are.
"""

from datetime import date

from msgspec import Struct

from awards.editions.tables import Round


class UnconfirmedPaper(Struct, frozen=True):
    judge: str
    city: str
    reference: str
    paper_date: date
    refused: bool
    """Whether the judge says that it is not as on the paper."""


_UNCONFIRMED = """
SELECT p.name AS judge, t.name AS city, en.reference, k.paper_date, k.refused_at
FROM keying k JOIN scoresheet sh ON sh.id = k.scoresheet AND sh.version = k.version
JOIN assignment a ON a.id = sh.assignment AND a.state = 'started'
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
JOIN round_entry re ON re.id = a.round_entry JOIN round r ON r.id = re.round
JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
WHERE r.id = {} AND (r.state <> 'extra' OR a.extra_until IS NOT NULL)
ORDER BY p.name, s.id, en.reference
"""


async def unconfirmed_papers(round_id: int) -> list[UnconfirmedPaper]:
    """A sheet that its judge has saved since is theirs as any other, and not among them."""
    return [
        UnconfirmedPaper(
            row["judge"],
            row["city"],
            row["reference"],
            date.fromisoformat(row["paper_date"]),
            row["refused_at"] is not None,
        )
        for row in await Round.raw(_UNCONFIRMED, round_id)
    ]
