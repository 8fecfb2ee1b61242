"""What runs beside the pages: mail that is due, and jobs. In `serve` as a task, in `worker` by itself."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from awards.clock import Clock
from awards.errors import AwardsError, Busy, Unavailable
from awards.jobs import services as jobs
from awards.jobs.services import Work
from awards.outbox.mailers import Mailer
from awards.outbox.worker import Compose, send_due

log = logging.getLogger("awards.worker")

IDLE_SECONDS = 1.0

# A handler returns what the page shows of its work; `report(percent)` is false once it is cancelled.
Report = Callable[[int], Awaitable[bool]]
Handler = Callable[[Work, Report, Clock], Awaitable[Mapping[str, Any]]]


class Cancelled(Exception):
    """Raised by a handler that was asked to stop."""


class Worker:
    def __init__(
        self, *, handlers: Mapping[str, Handler], mailer: Mailer, compose: Compose, clock: Clock
    ) -> None:
        self.handlers, self.mailer, self.compose, self.clock = handlers, mailer, compose, clock

    async def once(self) -> int:
        """Send what is due and do every job that waits; return how much there was."""
        done = await send_due(mailer=self.mailer, compose=self.compose, clock=self.clock)
        while (work := await jobs.claim(self.clock.now())) is not None:
            await self._do(work)
            done += 1
        return done

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        while True:
            try:
                idle = await self.once() == 0
            except (Unavailable, Busy) as problem:
                log.warning("waiting for the database: %s", problem)
                idle = True
            except Exception:
                log.exception("the worker goes on after an unexpected error")
                idle = True
            if idle:
                await asyncio.sleep(IDLE_SECONDS)

    async def _do(self, work: Work) -> None:
        handler = self.handlers.get(work.kind)
        if handler is None:
            await jobs.give_back(work.id, problem=f"no handler for {work.kind}", now=self.clock.now())
            return

        async def report(percent: int) -> bool:
            return await jobs.report(work.id, percent, self.clock.now())

        try:
            result = await handler(work, report, self.clock)
        except Cancelled:
            await jobs.finish(work.id, state="cancelled", result={}, now=self.clock.now())
        except (Unavailable, Busy):
            with contextlib.suppress(AwardsError):
                await jobs.give_back(work.id, problem="the database was away", now=self.clock.now())
        except AwardsError as problem:
            # A refusal is an answer: trying again would give the same one.
            await jobs.finish(work.id, state="failed", result={"problem": str(problem)}, now=self.clock.now())
        except Exception as problem:
            log.exception("job %s (%s) failed", work.id, work.kind)
            await jobs.give_back(
                work.id, problem=f"{type(problem).__name__}: {problem}", now=self.clock.now()
            )
        else:
            await jobs.finish(work.id, state="done", result=result, now=self.clock.now())
