"""Whoever else has an account on the machine reads nothing of ours, even where the umask lets everybody in."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest

from awards.clock import SystemClock
from awards.db import SQLiteDatabase, bind, engine_from_url, transaction
from awards.files.tables import StoredFile
from awards.outbox.services import enqueue
from tests.factories import add
from tests.faults.conftest import Place
from tests.faults.forked import UMASK, ForkedServer, run_forked
from tests.faults.together import until

pytestmark = pytest.mark.faults

OPEN_TO_ALL = {UMASK: "000"}


def open_to_others(folder: Path, *but: Path) -> list[str]:
    found = []
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path not in but and mode != (0o700 if path.is_dir() else 0o600):
            found.append(f"{path.relative_to(folder)} {mode:o}")
    return found


async def awards(place: Place, *words: str, url: str) -> None:
    settings: dict[str, Any] = {**OPEN_TO_ALL, "AWARDS_DATABASE_URL": url}
    done = await asyncio.to_thread(run_forked, *words, data=place.data, **settings)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_the_data_folder_and_all_in_it(place: Place, tmp_path: Path) -> None:
    data = tmp_path / "srv" / "awards" / "data"
    mine = Place(data, place.engine)
    is_sqlite = isinstance(place.engine, SQLiteDatabase)
    url = f"sqlite:///{data / 'awards.sqlite'}" if is_sqlite else place.url
    await awards(mine, "migrate", url=url)
    await awards(mine, "admin", "grace@admin.example", "Grace", url=url)
    server = ForkedServer(data, url, worker=True, **OPEN_TO_ALL)
    server.log = tmp_path / "server.log"
    if not is_sqlite:
        async with transaction():
            await enqueue(
                "reset", to="a@b.example", at=SystemClock().now(), dedupe_key="one",
                values={"link": "/reset/t0ken", "name": "A"},
            )  # fmt: skip
        await place.engine.close()
    async with server:

        async def mail_is_there() -> bool:
            return any(data.glob("mail/*.eml"))

        if not is_sqlite:
            await until(mail_is_there, "a mail lies in its folder")
            assert open_to_others(data / "mail") == []
        else:
            names = {path.name for path in data.iterdir()}
            assert {"awards.sqlite", "awards.sqlite-wal", "awards.sqlite-shm"} <= names
            assert open_to_others(tmp_path / "srv") == []
        await awards(mine, "backup", str(tmp_path / "kept" / "b.tar.gz"), url=url)
        assert open_to_others(tmp_path / "kept") == []
    stored = data / "files" / "ab" / "abcd"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"a city's attachment")
    if is_sqlite:
        engine = engine_from_url(url)
        bind(engine)
        await add(StoredFile, size=19, storage_key="ab/abcd", media_type="application/pdf", ending="pdf")
        await engine.close()
        bind(place.engine)
        await awards(mine, "backup", str(tmp_path / "kept" / "c.tar.gz"), url=url)
        other = Place(tmp_path / "other" / "data", place.engine)
        back = f"sqlite:///{other.data / 'awards.sqlite'}"
        await awards(other, "restore", str(tmp_path / "kept" / "c.tar.gz"), url=back)
        assert (other.data / "files" / "ab" / "abcd").exists()
        assert open_to_others(tmp_path / "other") == []


@pytest.mark.only("sqlite")
async def test_what_an_earlier_version_left_open_is_closed(place: Place) -> None:
    assert isinstance(place.engine, SQLiteDatabase)
    path = place.engine.path
    async with place.server() as server:
        beside = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
        for file in beside:
            file.chmod(0o666)
        await server.kill()  # its journal stays behind
        await server.start()
        assert [stat.S_IMODE(file.stat().st_mode) for file in beside] == [0o600] * 3
