"""The peer: Litestar and uvicorn as they come, one handler that returns bytes it was given.

python -m benchmarks.bare PORT FILE
"""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, Response, get


def bare(content: bytes) -> Litestar:
    return Litestar([_handler(content)], openapi_config=None)


def _handler(content: bytes) -> Any:
    @get("/")
    async def page() -> Response[bytes]:
        return Response(content, media_type="text/html; charset=utf-8")

    handler: Callable[[], Coroutine[Any, Any, Response[bytes]]] = page
    return handler


if __name__ == "__main__":
    port, file = sys.argv[1:]
    uvicorn.run(bare(Path(file).read_bytes()), port=int(port), log_level="warning", access_log=False)
