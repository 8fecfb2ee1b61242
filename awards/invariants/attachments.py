"""Files in answer to questions: each is where it belongs, and what was submitted is still there."""

import json

from awards.entries.tables import Attachment, EntryVersion
from awards.invariants.truth import Truth, by_query, by_reading
from awards.web.i18n import lazy

attachments_stay_in_their_edition = by_query(
    "attachments-stay-in-their-edition",
    lazy("A file answers a question of another edition, or one that asks for no file."),
    """
    SELECT t.id AS attachment FROM attachment t JOIN entry e ON e.id = t.entry JOIN question q ON q.id = t.question
    WHERE q.edition <> e.edition OR q.kind <> 'file' ORDER BY t.id
    """,
)

attachments_end_once = by_query(
    "attachments-end-once",
    lazy("A file was both replaced and removed, or is said to be replaced by none."),
    """
    SELECT t.id AS attachment FROM attachment t
    WHERE (t.replaced_at IS NOT NULL AND t.removed_at IS NOT NULL)
       OR (t.replaced_at IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM attachment n WHERE n.entry = t.entry AND n.question = t.question AND n.replaces = t.number))
    ORDER BY t.id
    """,
)


@by_reading("submitted-files-are-kept", lazy("A submission names a file that is not stored for its entry."))
async def submitted_files_are_kept() -> list[str]:
    rows = await Attachment.raw(
        "SELECT t.entry, q.code, f.sha256 FROM attachment t JOIN question q ON q.id = t.question"
        " JOIN stored_file f ON f.id = t.file"
    )
    kept = {(row["entry"], row["code"], row["sha256"]) for row in rows}
    versions = await EntryVersion.raw(
        "SELECT id, entry, body FROM entry_version WHERE body LIKE '%\"files\"%' ORDER BY id"
    )
    return [
        f"entry_version {row['id']}, {code}"
        for row in versions
        for code, files in json.loads(row["body"]).get("files", {}).items()
        if any((row["entry"], code, one["sha256"]) not in kept for one in files)
    ]


TRUTHS: tuple[Truth, ...] = (
    attachments_stay_in_their_edition,
    attachments_end_once,
    submitted_files_are_kept,
)
