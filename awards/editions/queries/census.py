"""How many entries, judges and sheets an edition has: what an overview and a warning need to say.

The counted rows belong to features above this one. They are counted by name, and nothing of them is read.
"""

from datetime import datetime

from msgspec import Struct

from awards.editions.tables import Edition, Round


class EntryCounts(Struct, frozen=True):
    drafts: int
    submitted: int
    eligible: int
    ineligible: int
    withdrawn: int
    objections: int = 0
    """What cities ask about judges, not answered yet."""
    nominations: int = 0
    """Whom cities named for the pool, not decided on yet."""
    helps: int = 0
    """Drafts that a city asks the secretariat to help with."""
    appeals: int = 0
    """Decisions that a city appealed against, not decided on again yet."""
    signed: int = 0
    """Announcements that two people signed and nobody withdrew, out or waiting for their instant."""


class RoundCounts(Struct, frozen=True):
    entries: int
    invited: int
    accepted: int
    sheets: int
    signed: int
    reads: int = 0
    """Further reads of a round that was closed, while it takes them."""
    reads_signed: int = 0
    reads_until: datetime | None = None
    read_by_all: int = 0
    """Entries that link the panel, because every judge reads them."""


_STATES = ("draft", "submitted", "eligible", "ineligible", "withdrawn")


async def count_entries(edition_id: int) -> EntryCounts:
    rows = await Edition.raw(
        "SELECT state, COUNT(*) AS number FROM entry WHERE edition = {} GROUP BY state"
        " UNION ALL SELECT 'objections', COUNT(*) FROM objection o JOIN entry e ON e.id = o.entry"
        " WHERE e.edition = {} AND o.state = 'asked'"
        " UNION ALL SELECT 'nominations', COUNT(*) FROM city_nomination WHERE edition = {} AND state = 'asked'"
        " UNION ALL SELECT 'helps', COUNT(*) FROM help_request h JOIN entry e ON e.id = h.entry"
        " WHERE e.edition = {} AND e.state = 'draft' AND h.ended_at IS NULL"
        " UNION ALL SELECT 'appeals', COUNT(*) FROM appeal x JOIN entry e ON e.id = x.entry"
        " WHERE e.edition = {} AND e.state = 'ineligible' AND NOT EXISTS"
        " (SELECT 1 FROM screening_decision d WHERE d.entry = e.id AND d.number > 1)"
        " UNION ALL SELECT 'signed', COUNT(*) FROM publication WHERE edition = {} AND kind <> 'archive'"
        " AND withdrawn_at IS NULL",
        edition_id,
        edition_id,
        edition_id,
        edition_id,
        edition_id,
        edition_id,
    )
    counts = {row["state"]: row["number"] for row in rows}
    others = ("objections", "nominations", "helps", "appeals", "signed")
    return EntryCounts(*(counts.get(one, 0) for one in (*_STATES, *others)))


async def count_rounds(edition_id: int) -> dict[str, RoundCounts]:
    """By the round's code. Sheets are those that count: not stepped aside, withdrawn or set aside."""
    rows = await Round.raw(
        """
        SELECT r.code,
               (SELECT COUNT(*) FROM round_entry x WHERE x.round = r.id) AS entries,
               (SELECT COUNT(*) FROM seat s WHERE s.round = r.id AND s.state = 'invited') AS invited,
               (SELECT COUNT(*) FROM seat s WHERE s.round = r.id AND s.state = 'accepted') AS accepted,
               (SELECT COUNT(*) FROM assignment a JOIN round_entry x ON x.id = a.round_entry
                WHERE x.round = r.id AND a.state NOT IN ('recused', 'withdrawn', 'set aside')) AS sheets,
               (SELECT COUNT(*) FROM assignment a JOIN round_entry x ON x.id = a.round_entry
                WHERE x.round = r.id AND a.state = 'signed') AS signed,
               (SELECT COUNT(*) FROM assignment a JOIN round_entry x ON x.id = a.round_entry
                WHERE x.round = r.id AND a.extra_until IS NOT NULL AND r.state = 'extra'
                  AND a.state NOT IN ('recused', 'withdrawn', 'set aside')) AS reads,
               (SELECT COUNT(*) FROM assignment a JOIN round_entry x ON x.id = a.round_entry
                WHERE x.round = r.id AND a.extra_until IS NOT NULL AND r.state = 'extra'
                  AND a.state = 'signed') AS reads_signed,
               (SELECT a.extra_until FROM assignment a JOIN round_entry x ON x.id = a.round_entry
                WHERE x.round = r.id AND a.extra_until IS NOT NULL AND r.state = 'extra'
                ORDER BY a.extra_until DESC LIMIT 1) AS reads_until,
               (SELECT COUNT(*) FROM round_entry x WHERE x.round = r.id AND x.bridge = TRUE) AS read_by_all
        FROM round r WHERE r.edition = {} ORDER BY r.position
        """,
        edition_id,
    )
    return {
        row["code"]: RoundCounts(
            row["entries"],
            row["invited"],
            row["accepted"],
            row["sheets"],
            row["signed"],
            row["reads"],
            row["reads_signed"],
            row["reads_until"],
            row["read_by_all"],
        )
        for row in rows
    }
