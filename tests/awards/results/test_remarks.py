"""Every sentence that the science can freeze with a run has a translation with the same numbers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import judging
from awards.results.remarks import remedy, sentence
from awards.web import i18n
from judging.methods import WARNINGS

# What remarks are made from: of the calibrated method, of the plain ones, of a verdict.
SOURCES = ("diagnostics.py", "methods.py", "remarks.py")


def written(node: ast.expr) -> str | None:
    """A text as the science would write it, with a number in each gap."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else gap(part)
                for part in parts
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
    return None


def gap(part: ast.FormattedValue) -> str:
    if isinstance(part.value, ast.Name) and part.value.id == "who":
        return "milder"
    return "-0.12" if part.format_spec is not None else "7"


def said() -> Iterator[tuple[str, str, str]]:
    """Code, sentence, remedy of every notice in the source; what passes another's on has no text of its own."""
    for name in SOURCES:
        tree = ast.parse((Path(judging.__file__).parent / name).read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args):
                continue
            first = 3 if call.func.id == "Remark" else 1
            code = written(call.args[0])
            if call.func.id not in ("Notice", "Remark") or len(call.args) <= first:
                continue
            text = written(call.args[first])
            advice = written(call.args[first + 1]) if len(call.args) > first + 1 else ""
            if code and text:
                yield code, text, advice or ""
    for warning in WARNINGS.values():
        yield "method", warning, ""


# A verdict tells it by category, in other words.
FOUND = sorted({one for one in said() if not one[1].startswith("Every judge scored every entry")})


def test_the_source_was_read() -> None:
    assert len(FOUND) > 20
    assert {code for code, *_rest in FOUND} >= {
        "disconnected",
        "weak-link",
        "unranked",
        "reversed-scale",
        "method",
    }


@pytest.mark.parametrize(("code", "text", "advice"), FOUND, ids=lambda text: text[:30])
def test_it_is_translated(code: str, text: str, advice: str) -> None:
    assert sentence(code, text) == text
    assert remedy(advice) == advice
    with i18n.use(i18n.PSEUDO):
        told = sentence(code, text)
        assert told.startswith("["), "not in the table"
        assert [word for word in ("7", "-0.12") if word in told] == [w for w in ("7", "-0.12") if w in text]
        assert not advice or remedy(advice).startswith("[")


def test_one_is_not_many() -> None:
    assert sentence("few-scores", "1 entries rest on a single score.") == "1 entry rests on a single score."


@pytest.mark.parametrize(
    ("code", "text"),
    [("unheard-of", "The sky is blue."), ("few-scores", "Some entries rest on a single score."), ("", "")],
)
def test_what_is_not_known_stays_as_it_is_frozen(code: str, text: str) -> None:
    with i18n.use(i18n.PSEUDO):
        assert (sentence(code, text), remedy(text)) == (text, text)
