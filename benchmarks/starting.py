"""(e) From the command to the first answer that says ready, beside a bare Litestar server's first answer."""

import time

from benchmarks.installation import installation
from benchmarks.public_page import bare_server, until_up
from benchmarks.report import Line, middle, show

TURNS = 5
BAR = 1.0


async def measure() -> None:
    ours, peer = [], []
    async with installation(judges=3, entries=3, sheets_per_judge=1) as place:
        await place.engine.close()
        file = place.data / "page.html"
        file.write_bytes(b"ready")
        server = place.server()
        for _ in range(TURNS):
            ours.append(await server.start())
            await server.terminate()
            began = time.monotonic()
            with bare_server(file) as (port, _process):
                await until_up(port)
                peer.append(time.monotonic() - began)
    seconds, bare = middle(ours), middle(peer)
    show(
        "(e) Start to ready; peer: a bare Litestar server's first answer",
        [
            Line(
                "seconds",
                f"{seconds:.2f}",
                f"{bare:.2f}",
                f"{seconds / bare:.2f}",
                "under 1 s",
                seconds < BAR,
            )
        ],
        [f"medians of {TURNS}; slowest {max(ours):.2f} s"],
    )
