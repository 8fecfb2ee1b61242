"""Truths of paper sheets that were keyed in for their judges."""

from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

_WHERE = """
FROM keying k JOIN scoresheet h ON h.id = k.scoresheet JOIN assignment a ON a.id = h.assignment
JOIN seat s ON s.id = a.seat JOIN round d ON d.id = s.round
"""

papers_are_keyed_in_by_the_rules = by_query(
    "papers-are-keyed-in-by-the-rules",
    lazy(
        "A paper sheet was keyed in out of time, by its own judge, without a revision of who keyed it in, or its"
        " sheet does not say so."
    ),
    f"""
    SELECT k.id AS keying {_WHERE}
    LEFT JOIN sheet_revision r ON r.scoresheet = k.scoresheet AND r.version = k.version AND r.actor_id = k.keyed_by
    WHERE r.id IS NULL OR k.keyed_by = s.person OR h.keyed_by IS NULL
       OR r.created_at < d.opens OR r.created_at >= COALESCE(a.extra_until, s.extended_until, d.closes) ORDER BY k.id
    """,
)

papers_count_when_their_judge_signs = by_query(
    "papers-count-when-their-judge-signs",
    lazy("A sheet that was keyed in from paper counts, and its judge has not signed it since."),
    f"""
    SELECT k.id AS keying {_WHERE}
    WHERE a.state = 'signed' AND NOT EXISTS (SELECT 1 FROM sheet_revision r
      WHERE r.scoresheet = k.scoresheet AND r.version > k.version AND r.actor_id = s.person) ORDER BY k.id
    """,  # noqa: S608  our own words
)

TRUTHS: tuple[Truth, ...] = (papers_are_keyed_in_by_the_rules, papers_count_when_their_judge_signs)
