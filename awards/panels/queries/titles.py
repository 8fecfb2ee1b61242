"""The title that a round reads: of the submitted version, not of the draft, which may have moved on since."""

from awards.entries.queries.submitted import title_in

# Stands in a query whose tables are called re, the round's entry, and en, the entry.
PLACE = "SUBMITTED_TITLE"


def with_titles(sql: str) -> str:
    """The query with the title in its place: in a blind round the one that tells no name, where there is one."""
    blind = (
        "(SELECT d.text FROM redaction d JOIN round b ON b.id = re.round WHERE d.entry_version = re.entry_version"
        " AND d.part = 'title' AND d.ended_at IS NULL AND b.blind = TRUE)"
    )
    read = f"(SELECT {title_in('v.body')} FROM entry_version v WHERE v.id = re.entry_version)"  # noqa: S608  our own words
    return sql.replace(PLACE, f"COALESCE({blind}, {read}, en.title)")
