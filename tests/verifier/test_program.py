"""The stand-alone program as strangers run it: from one file, with Python alone, on the packs that are shipped."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from awards import verifier

FOLDER = Path(verifier.__file__).parent
PROGRAM, EXAMPLE, AUDITOR = (
    FOLDER / name for name in ("verify_pack.py", "example-pack.json", "example-auditor.json")
)
MOST_LINES = 299
KEY = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return Path(shutil.copy(PROGRAM, tmp_path))


def run(program: Path, *arguments: str | Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *map(str, arguments)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


def refusals(lines: list[str]) -> list[str]:
    return [line.split(":")[0] for line in lines if ": does not hold" in line]


def test_the_example_holds_step_by_step(program: Path) -> None:
    code, lines = run(
        program, EXAMPLE, "--edition", "wego-awards/demo-closed", "--number", "1", "--key", KEY, "--auditor", AUDITOR
    )  # fmt: skip
    assert code == 0
    assert [line.split(":")[1] for line in lines] == [" holds"] * 15
    assert run(program, AUDITOR)[0] == 0


@pytest.mark.parametrize(
    ("options", "step"),
    [
        (("--edition", "wego-awards/2027"), "3 identity"),
        (("--number", "2"), "3 identity"),
        (("--key", "00" * 32), "2 signature"),
        (("--auditor", str(EXAMPLE)), "3 identity"),
        (("--head", "424:" + "0" * 64), "15 chain"),
    ],
)
def test_another_pack_than_the_one_that_was_meant(program: Path, options: tuple[str, ...], step: str) -> None:
    code, lines = run(program, EXAMPLE, *options)
    assert (code, refusals(lines)) == (1, [step])


@pytest.mark.parametrize("options", [("--edtion", "wego-awards/2027"), ("--key",), ("more",)])
def test_an_option_that_it_does_not_know_is_refused_with_a_word(
    program: Path, options: tuple[str, ...]
) -> None:
    code, lines = run(program, EXAMPLE, *options)
    assert code == 2
    assert "--edition" in "".join(lines)
    assert not refusals(lines)


def test_what_was_cut_off_or_edited(program: Path, tmp_path: Path) -> None:
    whole, file = EXAMPLE.read_bytes(), tmp_path / "pack.json"
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        assert run(program, file)[0] == 2
    file.write_bytes(whole + b"\n")
    assert refusals(run(program, file)[1]) == ["1 bytes"]
    file.write_bytes(whole.replace(b'"rank":2,', b'"rank":1,', 1))
    assert "2 signature" in refusals(run(program, file)[1])
    assert run(program, tmp_path / "nothing.json")[0] == 2


def test_it_needs_the_standard_library_alone_and_no_float() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = node.module if isinstance(node, ast.ImportFrom) and node.module else alias.name
                assert name.split(".")[0] in sys.stdlib_module_names
        # `/` is between fractions everywhere; a float would come in as a constant or by name.
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id == "float")


def test_it_is_short_enough_to_be_read() -> None:
    """Every line fits a screen, and whoever adds a step looks for what can go."""
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > 110] == []
