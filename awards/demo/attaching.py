"""Small files of the demonstration, handed in as anybody hands in theirs: the worker makes their copies afterwards."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.db import transaction
from awards.entries import queries
from awards.entries.services.attachments import attach_file, describe_files
from awards.files.kinds import Why
from awards.files.limits import Allowed
from awards.files.place import Files
from awards.files.services import taking
from awards.files.tables import StoredFile
from awards.jobs.tables import Job

HERE = Path(__file__).parent / "screening"
ALT = "A drawing: two lines glow on a board at the end of a pier, and a small red ferry lies behind it."


class Attaching(Struct, frozen=True):
    """Where files are kept, and the day on which the story ends."""

    files: Files
    today: datetime


async def attach(
    reference: str, code: str, names: Sequence[str], actor: Actor, attaching: Attaching, clock: Clock
) -> list[int]:
    """Returns their numbers in the entry; a picture gets its description."""
    entry = await queries.own_entry(actor, reference, clock.now())
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    question = next(row.question.id for row in answers if row.question.code == code)
    numbers = []
    for name in names:
        path = HERE / name
        with path.open("rb") as source:
            async with taking(
                source=source,
                name=name,
                size=path.stat().st_size,
                owner_id=actor.person_id,
                subject=("entry", entry.id),
                purpose=str(question),
                allowed=Allowed(),
                files=attaching.files,
                clock=clock,
            ) as arrived:
                number = await attach_file(
                    reference=reference, code=code, arrived=arrived, actor=actor, clock=clock
                )
        if path.suffix == ".jpg":
            alts = {number: (1, ALT)}
            await describe_files(reference=reference, code=code, alts=alts, actor=actor, clock=clock)
        numbers.append(number)
    return numbers


async def let_fail(reference: str, number: int, clock: Clock) -> None:
    """As if the worker had been ended in the middle of it three times: the secretariat can have it tried again."""
    rows = await StoredFile.raw(
        "SELECT t.file FROM attachment t JOIN entry n ON n.id = t.entry WHERE n.reference = {} AND t.number = {}",
        reference,
        number,
    )
    async with transaction():
        await StoredFile.update({StoredFile.state: "failed", StoredFile.problem: Why.BROKEN.value}).where(
            StoredFile.id == rows[0]["file"]
        )
        await Job.update({Job.state: "failed", Job.ended_at: clock.now()}).where(
            (Job.kind == "copies") & (Job.subject_id == rows[0]["file"])
        )
