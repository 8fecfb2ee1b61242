"""What the worker looks after by itself: one that fails keeps nothing from the others."""

import logging
from typing import Any

import pytest

from awards.clock import Clock, FixedClock
from awards.errors import Unavailable
from awards.outbox.mailers import Mailer
from awards.worker import Sweep, Worker


class Nobody(Mailer):
    """There is no mail here to be sent."""

    async def send(self, message: Any) -> None:
        raise AssertionError("nothing is due")


async def failing(_clock: Clock) -> int:
    raise RuntimeError("planted")


async def away(_clock: Clock) -> int:
    raise Unavailable("planted")


async def good(_clock: Clock) -> int:
    return 3


def worker(clock: FixedClock, *sweeps: Sweep) -> Worker:
    return Worker(handlers={}, mailer=Nobody(), compose=_no_letter, clock=clock, sweeps=sweeps)


def _no_letter(_letter: Any) -> Any:
    raise AssertionError("nothing is due")


async def test_the_others_go_on(clock: FixedClock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert await worker(clock, failing, good, failing, good).once() == 6
    assert len(caplog.records) == 2


async def test_a_database_that_is_away_is_waited_for(clock: FixedClock) -> None:
    with pytest.raises(Unavailable):
        await worker(clock, away, good).once()
