"""What a truth of the database is, and the two ways to state one."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from awards.audit.tables import Event
from awards.web.i18n import Lazy

Find = Callable[[], Awaitable[list[str]]]


class Broken(Struct, frozen=True):
    """One row, or one thing, of which a truth does not hold."""

    rule: str
    what: str
    sentence: str


class Truth(Struct, frozen=True):
    """`sentence` is said of each thing that `find` names, and is false of all others."""

    name: str
    sentence: Lazy
    find: Find

    async def broken(self) -> list[Broken]:
        return [Broken(self.name, what, str(self.sentence)) for what in await self.find()]


def by_query(name: str, sentence: Lazy, sql: str) -> Truth:
    """The query selects what breaks the truth; each column's name and value tell where to look."""

    async def find() -> list[str]:
        rows = await Event.raw(sql)
        return [", ".join(f"{column} {value}" for column, value in row.items()) for row in rows]

    return Truth(name, sentence, find)


def by_reading(name: str, sentence: Lazy) -> Callable[[Find], Truth]:
    """For what SQL cannot ask: hashes, documents, replays."""

    def made(find: Find) -> Truth:
        return Truth(name, sentence, find)

    return made
