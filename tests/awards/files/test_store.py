"""What a store was given comes back, byte for byte; what it was not given is missing, not empty."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from awards.files.buckets import BucketStore
from awards.files.store import PIECE, Away, FolderStore, Missing, Store, new_key
from tests.processes import free_port


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "bucket":
        found: Store = request.getfixturevalue("bucket")
        return found
    return FolderStore(tmp_path / "kept")


async def everything(store: Store, key: str, start: int = 0) -> bytes:
    return b"".join([piece async for piece in store.read(key, start)])


async def test_what_is_put_comes_back(store: Store, tmp_path: Path) -> None:
    data = os.urandom(3 * PIECE + 17)
    (tmp_path / "source").write_bytes(data)
    key = new_key()
    await store.put(key, tmp_path / "source")
    assert await everything(store, key) == data
    assert await everything(store, key, PIECE + 5) == data[PIECE + 5 :]


async def test_what_is_not_there_is_missing(store: Store, tmp_path: Path) -> None:
    key = new_key()
    with pytest.raises(Missing):
        await everything(store, key)
    await store.delete(key)
    (tmp_path / "source").write_bytes(b"x")
    await store.put(key, tmp_path / "source")
    await store.delete(key)
    with pytest.raises(Missing):
        await everything(store, key)


async def test_what_is_there_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"four")
    key = new_key()
    await store.put(key, tmp_path / "source")
    await store.put(f"{key}.page-1", tmp_path / "source")
    told = {name: size async for name, size in store.sizes()}
    assert (told[key], told[f"{key}.page-1"]) == (4, 4)


async def test_a_bucket_that_is_away_is_away(bucket: BucketStore, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    closed = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    for away in (BucketStore("s3://award-files", closed, patience=timedelta(0)), another(bucket)):
        with pytest.raises(Away):
            await away.put(new_key(), tmp_path / "source")
        with pytest.raises((Away, Missing)):
            await everything(away, new_key())


def another(bucket: BucketStore) -> BucketStore:
    """One that nobody made."""
    return BucketStore("s3://no-such-bucket", bucket.options)


async def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    key = new_key()
    await FolderStore(tmp_path / "kept").put(key, tmp_path / "source")
    for path in (tmp_path / "kept").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


async def test_half_a_file_is_never_found(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path / "kept")
    key = new_key()
    with pytest.raises(Away):
        await folder.put(key, tmp_path / "no such source")
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []
