"""The same world with other marks: what nobody may read must change no page."""

from awards.scoresheets.tables import Mark, SheetNote, SheetRevision
from tests.factories import sealed
from tests.permissions.world import World


async def other_marks(made: World) -> None:
    """The same world with other marks and comments on the judge's sheets, and nothing else changed."""
    for sheet in made.sheets:
        await Mark.update({Mark.value: 10 - Mark.value}).where(Mark.scoresheet == sheet)
        await SheetNote.update({SheetNote.text: "Something else"}).where(SheetNote.scoresheet == sheet)
        change = sealed({"marks": {"impact": 0, "new": 0}, "notes": {"city": "Something else"}})[0]
        revisions = (SheetRevision.scoresheet == sheet) & (SheetRevision.version == 1)
        await SheetRevision.update({SheetRevision.change: change}).where(revisions)
