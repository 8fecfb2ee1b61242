"""Every public function says what goes in, what comes out, in which shapes and units, what it refuses, and after whom."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pytest

import judging

FUNCTIONS = [name for name in judging.__all__ if isinstance(getattr(judging, name), FunctionType)]
RESULTS = [name for name in judging.__all__ if isinstance(getattr(judging, name), type)]
SECTION = re.compile(r"^([A-Z][a-z]+)\n-+$", re.MULTILINE)
# Somebody's year, an address, or the word that nobody else is to blame.
SOURCE = re.compile(r"\b(?:1[89]|20)\d\d\b|https?://|RFC \d+|[Tt]his project’s own|[Tt]his project's own")
UNITS = re.compile(
    r"units?\b|thousandths|millionths|logit|standard deviation|weight|points|steps|affinit|[Mm]inutes|share"
)


def sections(text: str) -> dict[str, str]:
    """What stands under each heading of a docstring."""
    found = list(SECTION.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)][: len(found)]
    return {one[1]: text[one.end() : end] for one, end in zip(found, ends, strict=True)}


def said_of(function: Callable[..., Any]) -> dict[str, str]:
    return sections(inspect.getdoc(function) or "")


def arrays(text: str) -> Iterator[str]:
    """The lines that introduce an array; a choice of members may be of any length."""
    for line in text.splitlines():
        if "of int, optional" not in line and re.search(r" : .*\b(?:array_like|ndarray)\b", line):
            yield line.strip()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_goes_in_and_what_comes_out(name: str) -> None:
    function = getattr(judging, name)
    said = said_of(function)
    parameters = list(inspect.signature(function).parameters)
    described = re.findall(r"^(\w+(?:, \w+)*)(?: :|$)", said.get("Parameters", ""), re.MULTILINE)
    assert [one for names in described for one in names.split(", ")] == parameters
    returned = inspect.signature(function).return_annotation
    itself = str(returned) in judging.__all__ and "Parameters" in sections(
        inspect.getdoc(getattr(judging, returned)) or ""
    )
    assert "Returns" in said or itself, f"{name} returns {returned}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_can_be_refused_is_said(name: str) -> None:
    function = getattr(judging, name)
    raised = set(re.findall(r"^\s+raise (\w+)\(", inspect.getsource(function), re.MULTILINE))
    said = said_of(function).get("Raises", "")
    assert all(one in said for one in raised), f"{name} raises {raised}"


@pytest.mark.parametrize("name", [*FUNCTIONS, *RESULTS])
def test_arrays_have_shapes_and_numbers_have_units(name: str) -> None:
    one = getattr(judging, name)
    said = said_of(one)
    text = said.get("Parameters", "") + said.get("Returns", "")
    lines = list(arrays(text))
    assert [line for line in lines if "shape" not in line] == []
    if name in FUNCTIONS:
        # A result says itself what its numbers are in.
        text += inspect.getdoc(getattr(judging, inspect.signature(one).return_annotation, None)) or ""
    if any("of int" not in line and "of bool" not in line for line in lines):
        assert UNITS.search(text), name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_names_its_source(name: str) -> None:
    function = getattr(judging, name)
    module = inspect.getdoc(sys.modules[function.__module__]) or ""
    assert SOURCE.search(f"{module}\n{inspect.getdoc(function)}"), function.__module__
