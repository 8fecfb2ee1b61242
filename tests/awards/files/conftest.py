"""Places for files: a folder, a server that speaks S3; and a clock that stands still."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from awards.clock import FixedClock
from awards.files.buckets import BucketStore
from awards.files.place import Files
from tests.awards.files.arriving import AT, place
from tests.processes import free_port


@pytest.fixture(scope="session")
def bucket() -> Iterator[BucketStore]:
    """A server that speaks S3, as a process of its own."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:  # 51 seconds in all
            assert client.put(f"{address}/award-files").status_code == 200
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": address}
        yield BucketStore("s3://award-files/spring", keys)
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return place(tmp_path)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)
