"""Whatever is changed in a pack is noticed: by its bytes, by its signature, or, signed again, at its own step (T1)."""

import json
from pathlib import Path

import pytest

from judging import canonical_bytes
from tests.chance import chance, times
from tests.verifier import changes
from tests.verifier.changes import AUDITORS, PUBLIC, Change
from tests.verifier.checked import (
    AUDITOR,
    EXAMPLE,
    FAILS,
    HOLDS,
    STEPS,
    by_program,
    first_failure,
    signed_anew,
)

ALL = [*((change, EXAMPLE, steps) for change, steps in PUBLIC.items()),
       *((change, AUDITOR, steps) for change, steps in AUDITORS.items())]  # fmt: skip


@pytest.mark.parametrize("body", [EXAMPLE, AUDITOR], ids=["public", "auditor"])
def test_the_examples_hold_at_every_step(body: bytes, tmp_path: Path) -> None:
    assert dict(by_program(body, tmp_path)) == dict.fromkeys(STEPS, HOLDS)


def test_every_changed_byte_is_rejected(tmp_path: Path) -> None:
    rng = chance()
    for _number in range(times(60, drill=10_000)):
        body = bytearray(EXAMPLE)
        place = rng.randrange(len(body))
        body[place] = rng.choice([byte for byte in range(256) if byte != body[place]])
        assert first_failure(by_program(bytes(body), tmp_path)) in ("bytes", "signature"), place


@pytest.mark.parametrize(("change", "body", "steps"), ALL, ids=[one[0].__name__ for one in ALL])
def test_what_is_signed_again_fails_at_its_own_step(
    change: Change, body: bytes, steps: tuple[str, ...], tmp_path: Path
) -> None:
    rng = chance()
    for _number in range(times(2, drill=50)):
        changed = signed_anew(body, lambda pack: change(pack, rng))
        assert changed != body
        assert first_failure(by_program(changed, tmp_path)) in steps


def test_signed_again_without_a_change_it_holds(tmp_path: Path) -> None:
    """So that the test above is about what was changed."""
    assert FAILS not in by_program(signed_anew(EXAMPLE, lambda pack: None), tmp_path).values()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        EXAMPLE[:-1],
        EXAMPLE[: len(EXAMPLE) // 2],
        EXAMPLE + b"\n",
        b"\xef\xbb\xbf" + EXAMPLE,
        EXAMPLE.replace(b'"awards-pack-1"', b'"awards-pack-2"'),
        json.dumps(json.loads(EXAMPLE)).encode(),
        EXAMPLE.replace(b'{"format"', b'{"format":"awards-pack-1","format"', 1),
        canonical_bytes({**json.loads(EXAMPLE), "more": 1}),
        b"[" * 100_000,
        b"null",
        b"\xff",
    ],
    ids=lambda body: f"{len(body)} bytes, {body[:12]!r}",
)
def test_what_is_no_pack_fails_at_its_first_step(body: bytes, tmp_path: Path) -> None:
    assert first_failure(by_program(body, tmp_path)) == "bytes"


def test_a_pack_of_something_else_than_what_the_reader_holds(tmp_path: Path) -> None:
    pack = json.loads(EXAMPLE)["pack"]
    key = json.loads(EXAMPLE)["signature"]["key"]
    edition = f"{pack['document']['programme']}/{pack['document']['edition']}"
    head = f"{pack['log']['seq']}:{pack['log']['hash']}"
    held = ["--key", key, "--edition", edition, "--head", head]
    assert first_failure(by_program(EXAMPLE, tmp_path, *held)) == ""
    assert first_failure(by_program(EXAMPLE, tmp_path, "--key", "0" * 64)) == "signature"
    assert first_failure(by_program(EXAMPLE, tmp_path, "--edition", "wego-awards/another")) == "identity"
    other = f"{pack['log']['seq']}:{'0' * 64}"
    assert first_failure(by_program(EXAMPLE, tmp_path, "--head", other)) == "chain"


def test_each_step_has_a_change_that_only_it_notices() -> None:
    """But for the hash of the document, which whoever signs again makes again."""
    noticed = {step for steps in (*PUBLIC.values(), *AUDITORS.values()) for step in steps}
    assert noticed == set(STEPS) - {"bytes", "signature", "document"}
    assert changes.a_mark in AUDITORS
