"""One file of the entry that is asked for: attached, pinned by what was submitted, and another on its way."""

import json

from awards import ids
from awards.editions.tables import Question
from awards.entries.tables import Attachment, EntryVersion
from awards.files.tables import FileCopy, StoredFile, Upload
from awards.settings import Settings
from tests.factories import AT, DAY, add, sealed
from tests.permissions.canaries import FILE

KEY = "pe/permissions"
TOKEN = "u" * 43
ENTRY = "/city/entries/{reference}/{code}"
# Where the address has the question's code in it.
OF_QUESTION = tuple(f"{ENTRY}/{rest}" for rest in ("files", "uploads", "uploads/{token}"))
VALUES = {"token": TOKEN, "part": "page-1"}


def put(settings: Settings) -> None:
    """The bytes of the file and of its copies."""
    kept = settings.files_folder / KEY
    kept.parent.mkdir(parents=True, exist_ok=True)
    for name in ("", ".judge-0", ".thumbnail-0", ".page-1"):
        kept.with_name(kept.name + name).write_bytes(b"bytes")


async def attached(edition_id: int, entry_id: int, owner: int) -> None:
    question = await add(
        Question, edition=edition_id, section="Evidence", code="evidence", position=9, label="Evidence", kind="file",
        audience="public", required=False, limits='{"most_files": 3}',
    )  # fmt: skip
    says = {"name": FILE, "sha256": "0" * 64, "media_type": "application/pdf", "size": 5, "alt": ""}
    file = await add(
        StoredFile, sha256=says["sha256"], size=5, media_type=says["media_type"], ending="pdf", storage_key=KEY,
        owner_id=owner, state="ready",
    )  # fmt: skip
    pictures = (("thumbnail", 0, "image/webp"), ("page", 1, "image/webp"))
    for kind, number, media_type in (("judge", 0, "application/pdf"), *pictures):
        await add(
            FileCopy, file=file, kind=kind, number=number, storage_key=f"{KEY}.{kind}-{number}", media_type=media_type,
            size=5,
        )  # fmt: skip
    await add(Attachment, entry=entry_id, question=question, number=1, file=file, name=says["name"], by=owner)
    for row in await EntryVersion.select().where(EntryVersion.entry == entry_id):
        body, sha256 = sealed({**json.loads(row["body"]), "files": {"evidence": [says]}})
        await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
            EntryVersion.id == row["id"]
        )
    await add(
        Upload, token_sha256=ids.token_hash(TOKEN), owner_id=owner, subject_kind="entry", subject_id=entry_id,
        purpose=str(question), name=FILE, size=1_000_000, expires_at=AT + 1000 * DAY,
    )  # fmt: skip
