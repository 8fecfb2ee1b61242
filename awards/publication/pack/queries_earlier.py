"""What earlier publications showed, from their sealed packs; whether they are out yet or not, they will stand beside."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from awards.publication.pack.versions import Changed, Earlier, changed
from awards.publication.rules import BY_NAME
from awards.publication.tables import ResultPack
from awards.results.tables import CalibrationRun

_EARLIER = (
    "SELECT p.number, k.body FROM result_pack k JOIN publication p ON p.id = k.publication"
    " WHERE p.edition = {} AND k.audience = 'auditor' AND p.withdrawn_at IS NULL ORDER BY p.number"
)
_ADOPTED = (
    "SELECT r.code, c.inputs FROM calibration_run c JOIN round r ON r.id = c.round"
    " WHERE r.edition = {} AND c.state = 'adopted'"
)


async def changed_since(edition_id: int) -> Changed:
    """Of the runs that hold now, against every publication that stands and showed numbers."""
    before = tuple(_showed_numbers(await ResultPack.raw(_EARLIER, edition_id)))
    if not before:
        return Changed()
    runs = await CalibrationRun.raw(_ADOPTED, edition_id)
    return changed({row["code"]: json.loads(row["inputs"]) for row in runs}, before)


def _showed_numbers(rows: list[Mapping[str, Any]]) -> Iterator[Earlier]:
    for row in rows:
        try:
            pack = json.loads(row["body"])["pack"]
            if pack["document"]["figures"]["shows"] not in BY_NAME:
                yield Earlier(row["number"], {one["code"]: one["inputs"] for one in pack["rounds"]})
        except (ValueError, TypeError, KeyError):
            continue  # of another format: `awards check` says so
