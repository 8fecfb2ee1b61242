"""What was acknowledged is here; what was not is sent again; what is refused leaves nothing behind."""

import hashlib
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from awards.clock import FixedClock
from awards.db import transaction
from awards.errors import NotFound, Stale
from awards.files import services, steps
from awards.files.arrived import AlreadyKept, WrongOffset
from awards.files.buckets import BucketStore
from awards.files.kinds import Refused, Why
from awards.files.limits import LARGEST_FILE, LIFETIME, MOST_HELD, MOST_UNDER_WAY, Allowed, Held, why_not
from awards.files.place import Files
from awards.files.queries import file_by_id, upload_of, uploads_under_way
from awards.files.tables import StoredFile, Upload
from tests.awards.files import corpus
from tests.awards.files.arriving import (
    AT,
    ENTRY,
    OWNER,
    begin,
    broken_off,
    in_store,
    kept,
    on_disk,
    pieces,
    sent,
    work,
)

PDF = corpus.pdf(pages=2)


Send = Callable[[str, int, bytes], Awaitable[int]]


@pytest.fixture
def send(files: Files, clock: FixedClock) -> Send:
    async def append(token: str, start: int, data: bytes) -> int:
        return await services.append(
            token=token,
            owner_id=OWNER,
            start=start,
            length=len(data),
            pieces=pieces(data),
            files=files,
            clock=clock,
        )

    return append


@pytest.mark.parametrize(
    ("name", "size", "held", "why"),
    [
        ("a.pdf", 1, Held(), None),
        ("a.pdf", LARGEST_FILE, Held(), None),
        ("a.pdf", LARGEST_FILE + 1, Held(), Why.TOO_LARGE),
        ("a.pdf", 0, Held(), Why.EMPTY),
        ("a.exe", 1, Held(), Why.ENDING),
        ("a.pdf", 1, Held(MOST_HELD, 0), Why.QUOTA),
        ("a.pdf", 1, Held(MOST_HELD - 1, 0), None),
        ("a.pdf", 1, Held(0, MOST_UNDER_WAY), Why.QUOTA),
    ],
)
def test_what_may_begin(name: str, size: int, held: Held, why: Why | None) -> None:
    assert why_not(name, size, allowed=Allowed(), held=held) is why


def test_the_place_may_allow_less() -> None:
    assert why_not("a.pdf", 1, allowed=Allowed(room=0), held=Held()) is Why.TOO_MANY
    assert why_not("a.pdf", 11, allowed=Allowed(largest=10), held=Held()) is Why.TOO_LARGE
    assert why_not("a.pdf", 1, allowed=Allowed(endings=frozenset({"png"})), held=Held()) is Why.ENDING


async def test_from_the_first_piece_to_the_copies(files: Files, clock: FixedClock, send: Send) -> None:
    token = await begin("../Practice.PDF", len(PDF), clock)
    assert await send(token, 0, PDF[:700]) == 700
    assert await send(token, 700, PDF[700:]) == len(PDF)
    async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as arrived:
        assert (arrived.name, arrived.subject, arrived.purpose) == ("Practice.pdf", ENTRY, "evidence")
        assert (arrived.begun_at, arrived.scan) == (AT, "not scanned")
        async with transaction():
            file_id = await steps.keep(arrived, at=clock.now())
    assert on_disk(files) == []
    file = await file_by_id(file_id)
    assert (file.state, file.sha256) == ("waiting", hashlib.sha256(PDF).hexdigest())
    assert await in_store(files) == {file.storage_key: len(PDF)}
    assert await work(files, clock) == {"copies": 5}
    file = await file_by_id(file_id)
    assert (file.state, file.pages) == ("ready", 2)
    assert file.copy("page", 2).media_type == "image/webp"
    assert (file.copy("page", 1).width, file.copy("thumbnail").height) == (1400, 320)
    assert file.copy("text").media_type.startswith("text/plain")
    with pytest.raises(NotFound):
        file.copy("page", 3)
    stored = await in_store(files)
    assert stored == {file.storage_key: len(PDF), **{one.storage_key: one.size for one in file.copies}}


async def test_the_same_with_a_bucket(bucket: BucketStore, tmp_path: Path, clock: FixedClock) -> None:
    files = Files(bucket, tmp_path / "arriving")
    file_id = await kept("a.pdf", PDF, files, clock)
    assert await work(files, clock) == {"copies": 5}
    assert on_disk(files) == []
    file = await file_by_id(file_id)
    assert b"".join([piece async for piece in bucket.read(file.copy("page", 1).storage_key)])[8:12] == b"WEBP"
    stored = await in_store(files)
    assert {one.storage_key for one in file.copies} | {file.storage_key} <= stored.keys()
    assert [one for one in await services.check(files, hashes=True) if "stored_file" in one] == []


async def test_a_piece_that_does_not_fit_tells_the_true_offset(clock: FixedClock, send: Send) -> None:
    token = await begin("a.pdf", len(PDF), clock)
    assert await send(token, 0, PDF[:100]) == 100
    for start in (0, 99, 101):
        with pytest.raises(WrongOffset) as problem:
            await send(token, start, PDF[start : start + 50])
        assert problem.value.offset == 100


async def test_more_than_was_announced_is_refused(files: Files, clock: FixedClock, send: Send) -> None:
    token = await begin("a.pdf", 10, clock)
    with pytest.raises(Refused) as problem:
        await send(token, 0, b"x" * 11)
    assert problem.value.why is Why.TOO_LARGE
    assert on_disk(files) == []
    with pytest.raises(Refused):  # it announced less than it sends
        await services.append(
            token=token,
            owner_id=OWNER,
            start=0,
            length=10,
            pieces=pieces(b"x" * 4000),
            files=files,
            clock=clock,
        )
    assert (files.arriving / (await upload_of(token, OWNER)).token_sha256).stat().st_size == 10


@pytest.mark.parametrize("error", [ConnectionError("gone"), KeyboardInterrupt()])
async def test_what_breaks_off_counts_as_far_as_it_came(
    files: Files, clock: FixedClock, send: Send, error: BaseException
) -> None:
    token = await begin("a.pdf", len(PDF), clock)
    with pytest.raises(type(error)):
        await services.append(
            token=token,
            owner_id=OWNER,
            start=0,
            length=len(PDF),
            pieces=broken_off(PDF[:300], error),
            files=files,
            clock=clock,
        )
    assert (await upload_of(token, OWNER)).offset == 300
    assert await send(token, 300, PDF[300:]) == len(PDF)


async def test_bytes_that_were_not_acknowledged_are_written_over(
    files: Files, clock: FixedClock, send: Send
) -> None:
    """As a killed process leaves them."""
    token = await begin("a.pdf", len(PDF), clock)
    await send(token, 0, PDF[:100])
    with (files.arriving / (await upload_of(token, OWNER)).token_sha256).open("ab") as file:
        file.write(b"?" * 10_000)
    assert await send(token, 100, PDF[100:]) == len(PDF)
    async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as arrived:
        assert arrived.sha256 == hashlib.sha256(PDF).hexdigest()


async def test_what_the_folder_lost_is_asked_for_again(files: Files, clock: FixedClock, send: Send) -> None:
    """As after a backup was put back: the row says more than is here."""
    token = await begin("a.pdf", len(PDF), clock)
    await send(token, 0, PDF[:100])
    (files.arriving / (await upload_of(token, OWNER)).token_sha256).unlink()
    with pytest.raises(WrongOffset) as problem:
        await send(token, 100, PDF[100:])
    assert problem.value.offset == 0
    assert await send(token, 0, PDF) == len(PDF)


async def test_only_its_owner_knows_it(files: Files, clock: FixedClock) -> None:
    token = await begin("a.pdf", 10, clock)
    for call in (
        upload_of(token, OWNER + 1),
        services.cancel(token=token, owner_id=OWNER + 1, files=files),
        services.append(
            token=token,
            owner_id=OWNER + 1,
            start=0,
            length=1,
            pieces=pieces(b"x"),
            files=files,
            clock=clock,
        ),
    ):
        with pytest.raises(NotFound):
            await call
    assert [one.name for one in await uploads_under_way(OWNER, ENTRY, AT)] == ["a.pdf"]


async def test_a_finished_one_answers_the_same_again(files: Files, clock: FixedClock) -> None:
    token = await sent("a.pdf", PDF, files, clock)
    with pytest.raises(RuntimeError):  # the feature's transaction broke: nothing is kept, everything is here
        async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock), transaction():
            raise RuntimeError
    async with (
        services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as arrived,
        transaction(),
    ):
        file_id = await steps.keep(arrived, at=AT)
    with pytest.raises(AlreadyKept) as problem:
        async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock):
            raise AssertionError
    assert problem.value.file_id == file_id
    assert list(await in_store(files)) == [arrived.storage_key]


async def test_of_two_that_finish_at_once_one_is_kept(files: Files, clock: FixedClock) -> None:
    token = await sent("a.pdf", PDF, files, clock)
    async with (
        services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as first,
        services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as second,
    ):
        with pytest.raises(Stale):
            async with transaction():
                await steps.keep(first, at=AT)
        async with transaction():
            await steps.keep(second, at=AT)
    assert await StoredFile.count() == 1
    assert list(await in_store(files)) == [second.storage_key]


async def test_bytes_that_are_missing_are_asked_for(files: Files, clock: FixedClock, send: Send) -> None:
    token = await begin("a.pdf", len(PDF), clock)
    await send(token, 0, PDF[:-1])
    with pytest.raises(WrongOffset):
        async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock):
            raise AssertionError


async def test_what_is_refused_leaves_nothing(files: Files, clock: FixedClock, send: Send) -> None:
    token = await sent("a.pdf", corpus.HTML, files, clock)
    for _again in range(2):
        with pytest.raises(Refused) as problem:
            async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock):
                raise AssertionError
        assert problem.value.why is Why.CONTENT
    with pytest.raises(Refused):
        await send(token, len(corpus.HTML), b"")
    assert (on_disk(files), await in_store(files)) == ([], {})


async def test_cancelled_is_gone(files: Files, clock: FixedClock, send: Send) -> None:
    token = await sent("a.pdf", PDF, files, clock)
    await services.cancel(token=token, owner_id=OWNER, files=files)
    assert on_disk(files) == []
    with pytest.raises(Refused) as problem:
        await send(token, len(PDF), b"")
    assert problem.value.why is Why.GIVEN_UP


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plan\0.exe.pdf", "plan.exe.pdf"),
        ("half a letter \ud800.pdf", "half a letter.pdf"),
        (f"{'é' * 400}.pdf", f"{'é' * 116}.pdf"),
        ("👩‍💻 plan.pdf", "👩‍💻 plan.pdf"),
    ],
)
async def test_names_that_no_database_takes(files: Files, clock: FixedClock, name: str, shown: str) -> None:
    token = await sent(name, PDF, files, clock)
    async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock) as arrived:
        assert arrived.name == shown


async def test_a_form_takes_the_same_way(files: Files, clock: FixedClock) -> None:
    async def take(name: str, data: bytes) -> int:
        async with (
            services.taking(
                source=io.BytesIO(data), name=name, size=len(data), owner_id=OWNER, subject=ENTRY,
                purpose="evidence", allowed=Allowed(), files=files, clock=clock,
            ) as arrived,
            transaction(),
        ):  # fmt: skip
            return await steps.keep(arrived, at=AT)

    file = await file_by_id(await take("map.PNG", corpus.picture()))
    assert (file.ending, file.media_type) == ("png", "image/png")
    with pytest.raises(Refused):
        await take("map.pdf", corpus.picture())
    assert list(await in_store(files)) == [file.storage_key]


async def test_what_nobody_came_back_for_is_swept(files: Files, clock: FixedClock) -> None:
    file_id = await kept("kept.pdf", PDF, files, clock)
    token = await sent("left.pdf", PDF, files, clock)
    async with services.finishing(token=token, owner_id=OWNER, files=files, clock=clock):
        pass  # a feature that wrote nothing down
    await sent("half.pdf", PDF, files, clock)
    sweep = services.sweep(files)
    assert await sweep(clock) == 0
    clock.move_to(AT + LIFETIME)
    assert await sweep(clock) == 3
    assert on_disk(files) == []
    assert list(await in_store(files)) == [(await file_by_id(file_id)).storage_key]
    assert not await Upload.exists()


async def test_what_a_killed_process_left_is_swept(files: Files, clock: FixedClock) -> None:
    files.arriving.mkdir()
    (files.arriving / "x.whole").write_bytes(b"x")
    (files.arriving / "y.copies").mkdir()
    made = (files.arriving / "x.whole").stat().st_mtime
    sweep = services.sweep(files)
    clock.move_to(AT.fromtimestamp(made, AT.tzinfo) + LIFETIME)
    assert await sweep(clock) == 0
    clock.move_to(clock.now() + LIFETIME + timedelta(seconds=1))
    assert await sweep(clock) == 2
    assert on_disk(files) == []
