"""Defects of files in entries, planted in a sound database."""

from awards.editions.tables import Question
from awards.entries.tables import Attachment, EntryVersion
from awards.files.tables import StoredFile
from tests import factories
from tests.awards.sound import World
from tests.factories import AT, add, sealed


async def _attached(made: World, **more: object) -> None:
    question = await add(Question, edition=made.season.edition_id, code="evidence", kind="file", position=8)
    file = (await StoredFile.select(StoredFile.id))[0]["id"]
    await add(
        Attachment, **{"entry": made.entry, "question": question, "file": file, "name": "a.pdf", **more}
    )


async def attached_to_a_text(made: World) -> None:
    await _attached(made, question=made.season.question_id)


async def replaced_by_none(made: World) -> None:
    await _attached(made, replaced_at=AT)


async def submitted_and_gone(made: World) -> None:
    version = await factories.entry_version(made.entry, number=2)
    body, sha256 = sealed({"answers": {}, "files": {"evidence": [{"sha256": "0" * 64}]}})
    await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}).where(
        EntryVersion.id == version
    )
