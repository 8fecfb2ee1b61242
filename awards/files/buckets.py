"""Files in a bucket that speaks S3, for servers that share no folder."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from awards.files.store import PIECE, Missing


class BucketStore:
    """`address` is s3://BUCKET or s3://BUCKET/FOLDER; keys and region come from the environment as AWS names them."""

    def __init__(self, address: str, options: Mapping[str, str]) -> None:
        parts = urlsplit(address)
        self.bucket = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            endpoint=options.get("AWS_ENDPOINT_URL") or None,
            region=options.get("AWS_REGION", "us-east-1"),
            access_key_id=options.get("AWS_ACCESS_KEY_ID"),
            secret_access_key=options.get("AWS_SECRET_ACCESS_KEY"),
            client_options={"allow_http": options.get("AWS_ENDPOINT_URL", "").startswith("http://")},
        )

    async def put(self, key: str, source: Path) -> None:
        await obstore.put_async(self.bucket, key, source)

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        try:
            found = await obstore.get_async(self.bucket, key, options={"range": {"offset": start}})
        except (NotFoundError, FileNotFoundError) as problem:
            raise Missing(key) from problem
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)

    async def delete(self, key: str) -> None:
        with suppress(NotFoundError, FileNotFoundError):
            await obstore.delete_async(self.bucket, key)
