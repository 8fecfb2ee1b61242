"""The title that a round reads: of the submitted version, not of the draft, which may have moved on since."""

from awards.db import current

# Stands in a query whose tables are called re, the round's entry, and en, the entry.
PLACE = "SUBMITTED_TITLE"
_READ = "(SELECT FIELD FROM entry_version v WHERE v.id = re.entry_version)"


def with_titles(sql: str) -> str:
    """The query with the title in its place; the engines name the field of a document differently."""
    if current().engine_type == "sqlite":
        field = "json_extract(v.body, '$.title')"
    else:
        field = "v.body::json ->> 'title'"
    read = _READ.replace("FIELD", field)
    return sql.replace(PLACE, f"COALESCE({read}, en.title)")
