import copy
import json

import pytest

from judging import (
    canonical_bytes,
    decide,
    inputs_document,
    inputs_from_document,
    sha256_of,
    verdict_document,
)
from judging.canonical import decimal_string
from judging.rounds import Depth, TieBreak, Variant
from tests.judging.test_verdict import round_of


def document() -> dict[str, object]:
    inputs = round_of(1, entries=3)
    first = inputs.sheets[0]
    full = type(inputs)(
        **{
            **{name: getattr(inputs, name) for name in inputs.__slots__},
            "tie_breaks": (TieBreak("criterion", "X"), TieBreak("raw")),
            "variants": (Variant("v", ((first.entry, first.judge),)),),
            "depth": Depth.FULL,
        }
    )
    return inputs_document(full)


def test_canonical_bytes() -> None:
    assert canonical_bytes({"b": 1, "a": [True, None, "e\u0301"]}) == '{"a":[true,null,"é"],"b":1}'.encode()
    assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of b"{}"


@pytest.mark.parametrize(
    "bad", [1.0, float("nan"), {1: 2}, {"e\u0301": 1, "é": 2}, "\ud800", b"", object(), {1}]
)
def test_what_has_no_canonical_form_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"document|key"):
        canonical_bytes([bad] if not isinstance(bad, dict) else bad)


def test_inputs_come_back_the_same_after_json() -> None:
    there = document()
    back = inputs_from_document(json.loads(canonical_bytes(there)))
    assert inputs_document(back) == there
    assert verdict_document(decide(back)) == verdict_document(decide(inputs_from_document(there)))


def test_a_verdict_has_a_canonical_form() -> None:
    one = verdict_document(decide(inputs_from_document(document())))
    assert json.loads(canonical_bytes(one)) == one
    assert "ratio" in one["parts"][0]


@pytest.mark.parametrize(
    ("path", "value", "match"),
    [
        (("format",), "other", "format"),
        (("seed",), 1.5, "seed must be an integer"),
        (("seed",), True, "seed must be an integer"),
        (("entries", 0, "id"), 7, r"entries\[0\]: id must be a text"),
        (("entries", 0, "colour"), "red", r"entries\[0\]: unknown key colour"),
        (("sheets", 0, "marks"), {"X": "1"}, r"sheets\[0\]: marks"),
        (("sheets", 0, "marks"), {"X": 99}, "not on the scale"),
        (("method", "rule"), "best", "unknown method"),
        (("variants", 0, "sheets"), [["a"]], "list of pairs"),
        (("criteria", 0, "scale"), [], "must be an object"),
        (("surprise",), 1, "unknown key surprise"),
        (("prizes",), {}, "prizes must be a list"),
    ],
)
def test_a_wrong_document_is_refused_by_place(path: tuple[str | int, ...], value: object, match: str) -> None:
    wrong = copy.deepcopy(document())
    at: object = wrong
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    with pytest.raises(ValueError, match=match):
        inputs_from_document(wrong)


def test_a_missing_key_is_named() -> None:
    short = document()
    del short["draws"]
    with pytest.raises(ValueError, match="draws is missing"):
        inputs_from_document(short)


def test_floats_as_decimal_text() -> None:
    assert decimal_string(1e-7) == "0.0000001"
    assert decimal_string(1 / 3) == "0.333333333333"
    assert decimal_string(float("nan")) is None
