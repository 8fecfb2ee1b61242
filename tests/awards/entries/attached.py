"""An open call that asks for files, and a city that attaches them: for tests of files in entries."""

from typing import Any

from awards.db import transaction
from awards.editions.tables import Question
from awards.files.queries import file_by_id
from awards.files.services import handlers
from awards.files.tables import StoredFile
from awards.jobs import services as jobs
from tests import factories
from tests.factories import AT, Season, add
from tests.page import Client, Page, Upload
from tests.people import AMINA, BAO, id_of
from tests.serving import Service

Files = tuple[Upload, ...]


async def asks(season: Season, code: str = "evidence", **more: Any) -> int:
    """One more question of the form: for files."""
    values = {"section": "Evidence", "position": 5, "label": "Evidence of results", "kind": "file",
              "limits": '{"most_files": 3}', "required": False}  # fmt: skip
    return await add(Question, edition=season.edition_id, code=code, **{**values, **more})


async def city_with_files(**more: Any) -> Season:
    season = await factories.season(**more)
    city = await factories.entrant("Lindmere", kind="city")
    for member in (AMINA, BAO):
        await factories.official(await id_of(member), city)
    await asks(season)
    return season


async def draft(client: Client, season: Season) -> str:
    """The address of a new draft."""
    await client.get(f"/city/entries/new?edition={season.programme}/{season.edition}")
    return (await client.submit("#new-entry", title="Low floors", category="inclusive", status=200)).path


async def attach(client: Client, path: str, *files: Upload, status: int = 200) -> Page:
    """With the one form that needs no script."""
    await client.get(f"{path}/evidence")
    return await client.submit("Add the chosen files", {"file": files}, status=status)


async def worked(service: Service) -> None:
    """What the worker makes of every file that waits."""
    make = handlers(service.app.litestar.state.site.files)["copies"]

    async def go_on(_percent: int) -> bool:
        return True

    while (work := await jobs.claim(AT)) is not None:
        if work.kind == "copies":
            await make(work, go_on, service.clock)
        await jobs.finish(work, state="done", result={}, now=AT)


async def made(file_id: int) -> tuple[str, list[str]]:
    file = await file_by_id(file_id)
    return file.state, [f"{copy.kind}-{copy.number}" for copy in file.copies]


async def stored() -> list[int]:
    async with transaction():
        return [row["id"] for row in await StoredFile.select(StoredFile.id).order_by(StoredFile.id)]
