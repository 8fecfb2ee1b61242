"""Files in a bucket that speaks S3, for servers that share no folder."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from awards.files.store import PIECE, Away, Missing


@contextmanager
def _answering() -> Iterator[None]:
    """What a bucket says in its own words, in ours: away, whatever the reason; it may be there again in a moment."""
    try:
        yield
    except (BaseError, OSError) as problem:
        reason = str(problem).strip().partition("\n")[0]
        raise Away(f"the bucket of files did not serve: {reason}") from problem


class BucketStore:
    """`address` is s3://BUCKET or s3://BUCKET/FOLDER; the options have the names that AWS gives them."""

    def __init__(
        self, address: str, options: Mapping[str, str], *, patience: timedelta = timedelta(seconds=20)
    ) -> None:
        self.options = options
        parts = urlsplit(address)
        plain = options.get("AWS_ENDPOINT_URL", "").startswith("http://")
        known: Any = {"aws_region": "us-east-1"}  # obstore takes AWS's own names, in small letters
        known |= {name.lower(): value for name, value in options.items() if value}
        self.bucket = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=known,
            client_options={"allow_http": plain, "timeout": "120s"},
            retry_config={"max_retries": 3, "retry_timeout": patience},
        )

    async def put(self, key: str, source: Path) -> None:
        with _answering():
            await obstore.put_async(self.bucket, key, source)

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        with _answering():
            try:
                found = await obstore.get_async(self.bucket, key, options={"range": {"offset": start}})
            except (NotFoundError, FileNotFoundError) as problem:
                raise Missing(key) from problem
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    async def delete(self, key: str) -> None:
        with _answering(), suppress(NotFoundError, FileNotFoundError):
            await obstore.delete_async(self.bucket, key)

    async def sizes(self) -> AsyncIterator[tuple[str, int]]:
        with _answering():
            async for found in obstore.list(self.bucket):
                for one in found:
                    yield one["path"], one["size"]
