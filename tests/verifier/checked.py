"""What the program says of a pack, and packs that somebody changed and, with the key in hand, signed again."""

import contextlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from awards.publication.pack.ed25519 import public_key, sign
from awards.verifier.verify_pack import main
from judging import canonical_bytes, sha256_of
from tests.verifier.competitions import SECRET

VERIFIER = Path(__file__).parents[2] / "awards" / "verifier"
EXAMPLE, AUDITOR = ((VERIFIER / f"example-{name}.json").read_bytes() for name in ("pack", "auditor"))
STEPS = (
    "bytes", "signature", "identity", "document", "reads", "parts", "ratio", "estimates", "totals", "order",
    "deliberation", "prizes", "published", "commitments", "chain",
)  # fmt: skip
HOLDS, FAILS, UNCHECKED = "holds", "does not hold", "not checked"


def by_program(body: bytes, place: Path, *options: str) -> Mapping[str, str]:
    """Each step that it came to, with its state."""
    file = place / "pack.json"
    file.write_bytes(body)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(str(file), *options)
    states = {}
    for line in said.getvalue().splitlines():
        name, _colon, rest = line.partition(" ")[2].partition(": ")
        if name in STEPS and name not in states:
            states[name] = next(state for state in (HOLDS, FAILS, UNCHECKED) if rest.startswith(state))
    assert bool(code) == (FAILS in states.values()), "what it returns is what it says"
    return states


def first_failure(states: Mapping[str, str]) -> str:
    return next((name for name in STEPS if states.get(name) == FAILS), "")


def signed_anew(body: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """By somebody who has the key, and who hashes again whatever stands as a hash in the pack itself."""
    pack = json.loads(body)["pack"]
    change(pack)
    if "document_sha256" in pack:
        pack["document_sha256"] = sha256_of(pack["document"])
    for one in pack["rounds"]:
        if pack["audience"] == "auditor":
            one["run"]["inputs_sha256"] = sha256_of(one["inputs"])
    signature = {
        "algorithm": "Ed25519", "key": public_key(SECRET).hex(), "value": sign(SECRET, canonical_bytes(pack)).hex(),
    }  # fmt: skip
    return canonical_bytes({"format": "awards-pack-1", "pack": pack, "signature": signature})
