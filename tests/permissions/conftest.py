"""What every walk asks: the whole service with the files of its world, and a clock that stands before the call opens."""

from typing import Any

import pytest

from awards.clock import FixedClock
from awards.settings import Settings
from tests.permissions import files
from tests.permissions.world import PHASES


@pytest.fixture
def now(clock: FixedClock) -> FixedClock:
    clock.move_to(PHASES["before"])
    return clock


@pytest.fixture
def service(app: Any, settings: Settings) -> Any:
    files.put(settings)
    return app
