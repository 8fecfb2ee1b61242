"""What is said while it takes long: never within a second, then every second, on one line only where that is one."""

import io
import time

import pytest

from awards.exchange.ranking import progress as module
from awards.exchange.ranking.progress import Progress
from judging.mixed import mixed_model
from judging.watching import Advance, heard, tell
from tests.judging.juries import jury


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "EVERY", 0.04)
    monkeypatch.setattr(module, "OFTEN", 0.0)


def test_what_is_quick_says_nothing() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress("a fit")
        progress.note("a note")
    assert stream.getvalue() == "a note\n"


@pytest.mark.usefixtures("hasty")
def test_one_step_that_takes_long_is_said_again_and_again() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress("one long step")
        time.sleep(0.4)
    lines = stream.getvalue().splitlines()
    assert len(lines) >= 4
    assert all(line.endswith(" s: one long step") for line in lines)
    assert "\r" not in stream.getvalue()


@pytest.mark.usefixtures("hasty")
def test_on_a_terminal_one_line_changes_and_goes() -> None:
    stream = Terminal()
    with Progress(stream) as progress:
        progress("a fit with a very long name " * 10)
        progress("another")
        progress.note("a note")
        progress("a third")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert all(len(line) < 80 for line in text.replace("\n", "\r").split("\r"))
    assert text.endswith("\r")
    assert "a note\n" in text


@pytest.mark.usefixtures("hasty")
def test_fits_are_heard_within_it_and_not_after() -> None:
    stream = Terminal()
    with Progress(stream) as progress:
        progress("all scores")
        tell("variances", 3)
        tell("draws", 1_000, 4_000)
    assert "all scores, variances, step 3" in stream.getvalue()
    assert "draws, step 1,000 of 4,000" in stream.getvalue()
    before = stream.getvalue()
    tell("variances", 4)
    assert stream.getvalue() == before


@pytest.mark.usefixtures("hasty")
def test_a_name_from_the_file_steers_no_terminal() -> None:
    stream = Terminal()
    with Progress(stream) as progress:
        progress("scores of \x1b[2J")
    assert "\x1b" not in stream.getvalue()


def test_whoever_listens_changes_nothing() -> None:
    made = jury(1)
    cells = made.entry, made.judge, made.milli / 1000
    alone = mixed_model(*cells)
    said: list[Advance] = []
    with heard(said.append):
        listened = mixed_model(*cells)
    assert (alone.estimate == listened.estimate).all()
    assert [one.step for one in said if one.what == "variances"][:3] == [1, 2, 3]
    assert str(Advance("draws", 2, 10)) == "draws, step 2 of 10"
