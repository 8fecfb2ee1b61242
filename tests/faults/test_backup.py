"""A backup taken while judges save comes back whole in an empty place; a damaged one does not come back at all."""

import asyncio
import hashlib
import stat
from pathlib import Path

import pytest

from awards.audit.queries import chain_breaks, head
from awards.backup import without_password
from awards.clock import SystemClock
from awards.db import SQLiteDatabase, bind
from awards.files.tables import StoredFile
from awards.invariants import broken
from awards.piccolo_app import APP_CONFIG
from tests.chance import chance
from tests.factories import add
from tests.faults.conftest import Place
from tests.faults.forked import run_forked
from tests.faults.saving import Ledger
from tests.panel_at_work import panel_at_work

ATTACHMENT = b"a city's attachment"

pytestmark = pytest.mark.faults


async def awards(place: Place, *words: str, files: str = "") -> tuple[int, str]:
    done = await asyncio.to_thread(
        run_forked, *words, data=place.data, AWARDS_DATABASE_URL=place.url, AWARDS_FILES=files
    )
    return done.returncode, done.stdout + done.stderr


async def digests(place: Place) -> dict[str, str]:
    """Of every row of every table."""
    found = {}
    for table in APP_CONFIG.table_classes:
        name = table._meta.tablename
        rows = await place.engine.send(f'SELECT * FROM "{name}" ORDER BY id')
        found[name] = hashlib.sha256(repr([dict(row) for row in rows]).encode()).hexdigest()
    await place.engine.close()
    return found


async def ledger_of(place: Place) -> Ledger:
    bind(place.engine)
    panel = await panel_at_work(judges=12, entries=12, sheets_per_judge=3, now=SystemClock().now())
    await add(
        StoredFile, sha256=hashlib.sha256(ATTACHMENT).hexdigest(), size=len(ATTACHMENT), storage_key="ab/abcd",
        media_type="application/pdf", ending="pdf",
    )  # fmt: skip
    await place.engine.close()
    stored = place.data / "files" / "ab" / "abcd"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(ATTACHMENT)
    return Ledger(panel, chance())


async def test_taken_under_load_it_is_one_instant_of_the_database(
    place: Place, empty_place: Place, tmp_path: Path
) -> None:
    ledger = await ledger_of(place)
    stop = asyncio.Event()
    async with place.server() as server:
        saving = [
            asyncio.create_task(ledger.judge_until(judge, server.port, stop)) for judge in ledger.panel.judges
        ]
        while not ledger.acknowledged:  # noqa: ASYNC110  # nobody tells when the first save is answered
            await asyncio.sleep(0.05)
        before = len(ledger.acknowledged)
        code, said = await awards(place, "backup", str(tmp_path / "b.tar.gz"))
        # What each judge has on its way may be in it, and is acknowledged later.
        after = len(ledger.acknowledged) + len(ledger.panel.judges)
        stop.set()
        await asyncio.gather(*saving)
        assert code == 0, said
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o077 == 0, "others can read the backup"

    code, said = await awards(empty_place, "restore", str(tmp_path / "b.tar.gz"))
    assert code == 0, said
    bind(empty_place.engine)
    (saved,) = await empty_place.engine.send("SELECT count(*) AS n FROM sheet_revision")
    assert before <= saved["n"] <= after, "it holds what was acknowledged before it began, nothing from later"
    assert await chain_breaks() == []
    assert await broken() == []
    kept = await head()
    await empty_place.engine.close()
    assert (empty_place.data / "files" / "ab" / "abcd").read_bytes() == ATTACHMENT

    bind(place.engine)
    assert await chain_breaks((kept.seq, kept.hash)) == [], (
        "the restored trail is a beginning of the live one"
    )
    await ledger.check()


async def test_taken_at_rest_every_table_comes_back_equal(
    place: Place, empty_place: Place, tmp_path: Path
) -> None:
    await ledger_of(place)
    (place.data / "signing-key").write_text("ab" * 32)
    (place.data / "files" / "ab" / "later").write_bytes(b"kept after the database was copied")
    code, said = await awards(place, "backup", str(tmp_path / "b.tar.gz"))
    assert code == 0, said
    before = await digests(place)
    code, said = await awards(empty_place, "restore", str(tmp_path / "b.tar.gz"))
    assert (code, "1 of the files came after the database" in said) == (0, True), said
    assert await digests(empty_place) == before
    key = empty_place.data / "signing-key"
    assert (key.read_text(), stat.S_IMODE(key.stat().st_mode)) == ("ab" * 32, 0o600)
    code, said = await awards(empty_place, "check", "--files")
    assert code == 0, said

    stored = empty_place.data / "files" / "ab" / "abcd"
    stored.write_bytes(ATTACHMENT.upper())
    assert (await awards(empty_place, "check"))[0] == 0
    stored.with_name("more").write_bytes(b"x")
    code, said = await awards(empty_place, "check", "--files")
    assert (code, "its hash differs (ab/abcd)" in said, "ab/more lies in the store" in said) == (
        1,
        True,
        True,
    )
    stored.unlink()
    code, said = await awards(empty_place, "check")
    assert (code, "is missing in the store (ab/abcd)" in said) == (1, True)


async def test_files_elsewhere_come_along_and_those_in_a_bucket_do_not(
    place: Place, empty_place: Place, tmp_path: Path
) -> None:
    await ledger_of(place)
    (place.data / "files").rename(tmp_path / "elsewhere")
    there, back = str(tmp_path / "elsewhere"), str(tmp_path / "back")
    bucket = "s3://cities?endpoint=http://127.0.0.1:9"
    code, said = await awards(place, "backup", str(tmp_path / "b.tar.gz"), files=there)
    assert code == 0, said
    code, said = await awards(empty_place, "restore", str(tmp_path / "b.tar.gz"), files=bucket)
    assert (code, "AWARDS_FILES names a bucket" in said) == (1, True)
    code, said = await awards(empty_place, "restore", str(tmp_path / "b.tar.gz"), files=back)
    assert code == 0, said
    assert (tmp_path / "back" / "ab" / "abcd").read_bytes() == ATTACHMENT
    code, said = await awards(empty_place, "check", "--files", files=back)
    assert code == 0, said

    code, said = await awards(place, "backup", str(tmp_path / "c.tar.gz"), files=bucket)
    assert (code, "whoever owns the bucket backs it up" in said) == (0, True)
    code, said = await awards(place, "check", files=bucket)
    assert (code, "the store cannot be read" in said) == (1, True)


async def test_it_overwrites_only_when_told_and_never_under_a_running_server(
    place: Place, tmp_path: Path
) -> None:
    await ledger_of(place)
    backup = str(tmp_path / "b.tar.gz")
    assert (await awards(place, "backup", backup))[0] == 0
    before = await digests(place)
    bind(place.engine)
    await place.engine.send("UPDATE person SET name = 'Somebody else'")
    changed = await digests(place)
    assert changed != before

    code, said = await awards(place, "restore", backup)
    assert code == 1, said
    assert await digests(place) == changed
    async with place.server():
        code, said = await awards(place, "restore", "--overwrite", backup)
        assert code == 1, said
        assert "stop the server" in said
    assert await digests(place) == changed

    code, said = await awards(place, "restore", "--overwrite", backup)
    assert code == 0, said
    assert await digests(place) == before


async def test_a_damaged_one_is_refused_and_nothing_is_restored(
    place: Place, empty_place: Place, tmp_path: Path
) -> None:
    random = chance()
    await ledger_of(place)
    whole = tmp_path / "whole.tar.gz"
    assert (await awards(place, "backup", str(whole)))[0] == 0
    content = whole.read_bytes()
    spot = random.randrange(20, len(content) - 20)
    damaged = {
        "changed": content[:spot] + bytes([content[spot] ^ 0xFF]) + content[spot + 1 :],
        "cut": content[:spot],
        "empty": b"",
        "other": b"not an archive at all",
    }
    for name, bytes_ in damaged.items():
        file = tmp_path / f"{name}.tar.gz"
        file.write_bytes(bytes_)
        code, said = await awards(empty_place, "restore", str(file))
        assert (code, "Nothing was restored" in said) == (1, True), f"{name}: {said}"
        assert "Traceback" not in said
    if isinstance(empty_place.engine, SQLiteDatabase):
        assert not empty_place.engine.path.exists()
    else:
        bind(empty_place.engine)
        (tables,) = await empty_place.engine.send(
            "SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'"
        )
        assert tables["n"] == 0


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql://awards:s%40cret@db/awards", "postgresql://awards@db/awards", "s@cret"),
        ("postgresql://awards@db/awards", "postgresql://awards@db/awards", ""),
        ("postgresql://db/awards?password=x&sslmode=require", "postgresql://db/awards?sslmode=require", "x"),
    ],
)
def test_the_password_stands_on_no_command_line(url: str, address: str, password: str) -> None:
    assert without_password(url) == (address, password)
