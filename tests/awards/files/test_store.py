"""What a store was given comes back, byte for byte; what it was not given is missing, not empty."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from awards.files.buckets import BucketStore
from awards.files.store import PIECE, FolderStore, Missing, Store, new_key
from tests.processes import free_port


@pytest.fixture(scope="module")
def bucket() -> Iterator[Store]:
    """A server that speaks S3, as a process of its own."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:  # 12 seconds in all
            assert client.put(f"{address}/award-files").status_code == 200
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": address}
        yield BucketStore("s3://award-files/spring", keys)
    finally:
        server.kill()
        server.wait()


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


async def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    key = new_key()
    await FolderStore(tmp_path / "kept").put(key, tmp_path / "source")
    for path in (tmp_path / "kept").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


async def test_half_a_file_is_never_found(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path / "kept")
    key = new_key()
    with pytest.raises(FileNotFoundError):
        await folder.put(key, tmp_path / "no such source")
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []
