"""A sheet of the judge came on paper, and somebody else of the desk keyed it in."""

from awards.scoresheets.tables import Keying
from tests.factories import add
from tests.people import Member, id_of


async def keyed(sheet: int, number: int, *, by: Member) -> None:
    if number == 0:
        await add(Keying, scoresheet=sheet, version=1, keyed_by=await id_of(by), paper_date="2026-04-19")
