from typing import Any

import pytest

from tests.awards.editions.ruleset_requests import Judged, judged_round


@pytest.fixture
async def judged(tx: Any) -> Judged:
    return await judged_round()
