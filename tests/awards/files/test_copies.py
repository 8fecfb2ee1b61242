"""The worker's part: copies are made, or the file is marked; a store that is away is waited for."""

from datetime import timedelta
from pathlib import Path

import pytest

from awards.clock import FixedClock
from awards.db import transaction
from awards.errors import Stale
from awards.files import services, steps
from awards.files.buckets import BucketStore
from awards.files.kinds import Refused, Why
from awards.files.place import Files
from awards.files.queries import file_by_id
from awards.files.tables import StoredFile
from awards.jobs.queries import latest
from tests.awards.files import corpus
from tests.awards.files.arriving import AT, OWNER, kept, place, work
from tests.processes import free_port

PDF = corpus.pdf(pages=2)


async def test_a_file_of_which_nothing_can_be_made_is_marked(files: Files, clock: FixedClock) -> None:
    file_id = await kept(
        "a.docx", corpus.docx({"word/media/image2.png": corpus.png_of(9_000, 9_000)}), files, clock
    )
    assert await work(files, clock) == {"problem": "too many pixels"}
    file = await file_by_id(file_id)
    assert (file.state, file.problem, file.copies) == ("failed", "too many pixels", ())


async def test_what_the_store_lost_or_changed_is_not_shown(files: Files, clock: FixedClock) -> None:
    lost, changed = [await kept("a.pdf", PDF, files, clock) for _ in range(2)]
    await files.store.delete((await file_by_id(lost)).storage_key)
    assert isinstance(files.store, type(place(Path()).store))
    key = (await file_by_id(changed)).storage_key
    (files.arriving.parent / "files" / key).write_bytes(PDF + b"x")
    assert [await work(files, clock), await work(files, clock)] == [
        {"problem": "missing"},
        {"problem": "damaged"},
    ]


async def test_copies_that_nobody_makes_any_more_are_asked_for_again(files: Files, clock: FixedClock) -> None:
    file_id = await kept("a.pdf", PDF, files, clock)
    async with transaction():
        await StoredFile.raw("UPDATE job SET state = 'failed'")
    assert await services.sweep(files)(clock) == 1
    assert (await file_by_id(file_id)).state == "failed"
    async with transaction():
        await steps.ask_again(file_id, asked_by=OWNER, at=AT)
        with pytest.raises(Stale):
            await steps.ask_again(file_id, asked_by=OWNER, at=AT)
    job = await latest(steps.COPIES, ("stored_file", file_id))
    assert job is not None
    assert job.state == "queued"
    assert await work(files, clock) == {"copies": 5}


async def test_copies_wait_for_a_store_that_is_away(files: Files, clock: FixedClock) -> None:
    file_id = await kept("a.pdf", PDF, files, clock)
    port = free_port()
    keys = {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    away = Files(BucketStore("s3://away", keys, patience=timedelta(0)), files.arriving)
    assert "did not serve" in (await work(away, clock) or {})["problem"]
    assert (await file_by_id(file_id)).state == "waiting"
    assert await work(away, clock) is None
    assert await services.sweep(away)(clock) == 1
    assert await work(files, clock) == {"copies": 5}


async def test_the_scanner_decides(tmp_path: Path, clock: FixedClock) -> None:
    """EICAR inside a document; then a scanner that does not work, and one that works again for the copies."""
    infected = corpus.docx({"word/embeddings/note.bin": corpus.EICAR})
    finds = ("sh", "-c", 'unzip -p "$0" | grep -q EICAR && exit 1 || exit 0')
    files, away = place(tmp_path, *finds), place(tmp_path, "no such scanner")
    with pytest.raises(Refused) as problem:
        await kept("a.docx", infected, files, clock)
    assert problem.value.why is Why.INFECTED
    assert (await file_by_id(await kept("a.docx", corpus.docx(), files, clock))).scan == "clean"
    unsure = await kept("a.docx", infected, place(tmp_path, "sh", "-c", "exit 2"), clock)
    unseen = await kept("a.pdf", PDF, away, clock)
    assert (await file_by_id(unsure)).scan == (await file_by_id(unseen)).scan == "not scanned"
    assert [await work(files, clock) for _ in range(3)] == [
        {"copies": 2},
        {"problem": "infected"},
        {"copies": 5},
    ]
    assert (await file_by_id(unseen)).scan == "clean"
