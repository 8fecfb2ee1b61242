"""What cities wrote: answers in the submissions of an edition that was judged elsewhere, and one picture."""

import csv
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.demo.attaching import ALT, HERE
from awards.demo.practices import all_practices
from awards.editions.queries import questions_of
from awards.entries.tables import Answer, AnswerRevision, Attachment, EntryVersion
from awards.exchange.steps import insert_all
from awards.files.limits import Allowed
from awards.files.place import Files
from awards.files.services import taking
from awards.files.steps import keep
from judging import canonical_bytes, sha256_of

MORE = Path(__file__).parent / "planted" / "answers.csv"
ALWAYS, WINNERS = ("problem", "solution", "results"), ("inclusion", "transfer")
PICTURE, PICTURES, SHOWS = "pier.jpg", "pictures", "Lagoon Islands"

_SUBMITTED = """
SELECT v.id, v.entry, v.body FROM entry_version v JOIN entry e ON e.id = v.entry
WHERE e.edition = {} ORDER BY v.id
"""


class _Submitted(Struct, frozen=True):
    id: int
    entry: int
    body: dict[str, Any]

    @property
    def city(self) -> str:
        return str(self.body["entrant"]["name"])


@lru_cache(maxsize=1)
def _written() -> Mapping[str, Mapping[str, str]]:
    """City -> code of a question -> answer."""
    with MORE.open(encoding="utf-8", newline="") as file:
        more = {row["city"]: {code: row[code] for code in WINNERS} for row in csv.DictReader(file)}
    return {
        row["city"]: {**{code: row[code] for code in ALWAYS}, **more.get(row["city"], {})}
        for row in all_practices()
    }


async def give_answers(edition_id: int, *, clock: Clock) -> None:
    """A folder brings titles and marks; before anybody reads the entries here, they hold what their cities said."""
    now = clock.now()
    questions = {row.code: row.id for row in await questions_of(edition_id)}
    said: list[tuple[Answer, str]] = []
    async with transaction():
        for one in await _submitted(edition_id):
            answers = _written()[one.city]
            await _write(one.id, {**one.body, "answers": dict(answers)})
            for code, text in answers.items():
                row = Answer(
                    entry=one.entry, question=questions[code], value=text, saved_at=now, created_at=now
                )
                said.append((row, text))
        found = await insert_all(Answer, [row for row, _text in said])
        revisions = [
            AnswerRevision(answer=answer, version=1, value=text, created_at=now)
            for answer, (_row, text) in zip(found, said, strict=True)
        ]
        await insert_all(AnswerRevision, revisions)


async def add_picture(edition_id: int, *, actor: Actor, files: Files, clock: Clock) -> None:
    """One city let the public have a picture too; its copies are made by the worker."""
    question = next(row.id for row in await questions_of(edition_id) if row.code == PICTURES)
    one = next(row for row in await _submitted(edition_id) if row.city == SHOWS)
    path = HERE / PICTURE
    with path.open("rb") as source:
        async with (
            taking(
                source=source,
                name=PICTURE,
                size=path.stat().st_size,
                owner_id=actor.person_id,
                subject=("entry", one.entry),
                purpose=str(question),
                allowed=Allowed(),
                files=files,
                clock=clock,
            ) as arrived,
            transaction(),
        ):
            row = Attachment(
                entry=one.entry,
                question=question,
                number=1,
                file=await keep(arrived, at=clock.now()),
                name=PICTURE,
                alt=ALT,
                by=actor.person_id,
                created_at=clock.now(),
            )
            await row.save()
            says = {"name": PICTURE, "sha256": arrived.sha256, "media_type": arrived.media_type,
                    "size": arrived.size, "alt": ALT}  # fmt: skip
            await _write(one.id, {**one.body, "files": {PICTURES: [says]}})
            await record(
                Action.FILE_ATTACHED,
                actor=actor,
                at=clock.now(),
                subject=("attachment", int(row.id)),
                edition_id=edition_id,
                as_role="secretariat",
                after={"number": 1, "code": PICTURES, "name": PICTURE, "sha256": arrived.sha256},
            )


async def _submitted(edition_id: int) -> list[_Submitted]:
    rows = await EntryVersion.raw(_SUBMITTED, edition_id)
    return [_Submitted(row["id"], row["entry"], json.loads(row["body"])) for row in rows]


async def _write(version_id: int, body: Mapping[str, Any]) -> None:
    await EntryVersion.update(
        {EntryVersion.body: canonical_bytes(body).decode(), EntryVersion.sha256: sha256_of(body)}
    ).where(EntryVersion.id == version_id)
