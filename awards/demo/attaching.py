"""Small files of the demonstration, handed in as anybody hands in theirs: the worker makes their copies afterwards."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.entries import queries
from awards.entries.services.attachments import attach_file, describe_files
from awards.files.limits import Allowed
from awards.files.place import Files
from awards.files.services import taking

HERE = Path(__file__).parent / "screening"
ALT = "A drawing: two lines glow on a board at the end of a pier, and a small red ferry lies behind it."


class Attaching(Struct, frozen=True):
    """Where files are kept, and the day on which the story ends."""

    files: Files
    today: datetime


async def attach(
    reference: str, code: str, names: Sequence[str], actor: Actor, attaching: Attaching, clock: Clock
) -> None:
    """A picture gets its description."""
    entry = await queries.own_entry(actor, reference, clock.now())
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    question = next(row.question.id for row in answers if row.question.code == code)
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
