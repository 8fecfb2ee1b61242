"""What runs beside the pages: mail that is due, and jobs. In `serve` as a task, in `worker` by itself."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from awards.clock import Clock
from awards.db.transactions import see_through
from awards.errors import AwardsError, Busy, Unavailable
from awards.jobs import services as jobs
from awards.jobs.services import Cancelled, Work
from awards.outbox.mailers import Mailer
from awards.outbox.worker import AS_QUEUED, Compose, Renew, send_due

log = logging.getLogger("awards.worker")

IDLE_SECONDS = 1.0
# Several times within a lease, so that a busy machine loses none.
RENEW_SECONDS = 60.0
# How often what nobody asks for is looked after.
SWEEP_SECONDS = 60.0
# How long what is in hand may take to its end when the process is asked to stop: less than containers wait.
STOP_SECONDS = 8.0

# A handler returns what the page shows of its work; `report(percent)` is false once it is cancelled.
Report = Callable[[int], Awaitable[bool]]
Handler = Callable[[Work, Report, Clock], Awaitable[Mapping[str, Any]]]
# What is found and mended without being asked for; returns how much there was. Two workers may do it at once.
Sweep = Callable[[Clock], Awaitable[int]]


async def _as_it_is() -> None:
    """Nothing to read before the work."""


class Worker:
    """`prepare` reads, before each turn, what letters say of the programme: another process may change it."""

    def __init__(
        self,
        *,
        handlers: Mapping[str, Handler],
        mailer: Mailer,
        compose: Compose,
        clock: Clock,
        prepare: Callable[[], Awaitable[None]] = _as_it_is,
        renewals: Mapping[str, Renew] = AS_QUEUED,
        sweeps: Sequence[Sweep] = (),
    ) -> None:
        self.handlers, self.mailer, self.compose, self.clock = handlers, mailer, compose, clock
        self.prepare, self.renewals, self.sweeps = prepare, renewals, sweeps
        self._swept: float | None = None
        self._stopping = False

    async def once(self) -> int:
        """Send what is due and do every job that waits; return how much there was."""
        await self.prepare()
        done = await send_due(
            mailer=self.mailer,
            compose=self.compose,
            clock=self.clock,
            go_on=self._goes_on,
            renewals=self.renewals,
        )
        while self._goes_on() and (work := await jobs.claim(self.clock.now())) is not None:
            await self._do(work)
            done += 1
        return done + await self._sweep()

    async def _sweep(self) -> int:
        now = time.monotonic()
        if not self._goes_on() or (self._swept is not None and now - self._swept < SWEEP_SECONDS):
            return 0
        self._swept = now
        done = 0
        for sweep in self.sweeps:
            try:
                done += await sweep(self.clock)
            except (Unavailable, Busy):
                raise
            except Exception:
                # What one of them meets in one edition keeps nothing from the others.
                log.exception("a sweep failed; the others go on")
        return done

    def _goes_on(self) -> bool:
        return not self._stopping

    async def run(self) -> None:
        """Until cancelled; what is in hand is ended first. A database that is away is waited for."""
        self._stopping, told = False, ""
        while True:
            turn = asyncio.ensure_future(self.once())
            try:
                idle, told = await asyncio.shield(turn) == 0, ""
            except asyncio.CancelledError:
                await self._stop(turn)
                raise
            except (Unavailable, Busy) as problem:
                if str(problem) != told:
                    told = str(problem)
                    log.warning("waiting for the database: %s", told)
                idle = True
            except Exception:
                log.exception("the worker goes on after an unexpected error")
                idle = True
            if idle:
                await asyncio.sleep(IDLE_SECONDS)

    async def run_alone(self) -> None:
        """As a process of its own, until SIGTERM or SIGINT."""
        loop, running = asyncio.get_running_loop(), asyncio.ensure_future(self.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running

    async def _stop(self, turn: "asyncio.Future[int]") -> None:
        """A mail that is half sent would be sent twice, a job half done would be done again."""
        self._stopping = True
        await asyncio.wait([turn], timeout=STOP_SECONDS)
        turn.cancel()
        with contextlib.suppress(asyncio.CancelledError, AwardsError):
            await turn

    async def _do(self, work: Work) -> None:
        handler = self.handlers.get(work.kind)
        if handler is None:
            await jobs.give_back(work, problem=f"no handler for {work.kind}", now=self.clock.now())
            return

        async def report(percent: int) -> bool:
            return await jobs.report(work, percent, self.clock.now())

        handling = asyncio.ensure_future(handler(work, report, self.clock))
        renewing = asyncio.ensure_future(self._renew(work, handling))
        try:
            result = await handling
        except Cancelled:
            await jobs.finish(work, state="cancelled", result={}, now=self.clock.now())
        except asyncio.CancelledError:
            # Another worker need not wait for the lease to end. Without effect where the lease was lost.
            with contextlib.suppress(AwardsError):
                await see_through(jobs.give_back(work, problem="its worker stopped", now=self.clock.now()))
            if not renewing.done():
                raise
            log.warning("job %s (%s) is another worker's by now", work.id, work.kind)
        except (Unavailable, Busy):
            with contextlib.suppress(AwardsError):
                await jobs.give_back(work, problem="the database was away", now=self.clock.now())
        except AwardsError as problem:
            # A refusal is an answer: trying again would give the same one.
            await jobs.finish(work, state="failed", result={"problem": str(problem)}, now=self.clock.now())
        except Exception as problem:
            log.exception("job %s (%s) failed", work.id, work.kind)
            await jobs.give_back(work, problem=f"{type(problem).__name__}: {problem}", now=self.clock.now())
        else:
            await jobs.finish(work, state="done", result=result, now=self.clock.now())
        finally:
            renewing.cancel()

    async def _renew(self, work: Work, handling: "asyncio.Future[Any]") -> None:
        """Long work is not silent work. Ends, and ends the work, where the lease was lost."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(AwardsError):
                if not await jobs.renew(work, self.clock.now()):
                    handling.cancel()
                    return
