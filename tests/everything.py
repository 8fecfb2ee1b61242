"""`make test`: every check and test that this machine can run, and a plain word about what it cannot.

The parts run side by side; each is shown whole when it ends. On PostgreSQL only those tests run again that may end otherwise
there. With CI=true, and in the drill, all of them do, and what is left out is a failure.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.databases import DRILL, WHOLE, postgres_programs

ROOT = Path(__file__).parent.parent
NO_TESTS = 5  # pytest's exit code
# One file that does not import must not hide what the others say.
USUAL = ["-p", "no:cacheprovider", "-rfE", "--continue-on-collection-errors"]
if DRILL:
    USUAL += ["-rP"]  # what was counted, with the seeds that repeat it, also where all went well


def nothing() -> None:
    """What a part lacks that runs everywhere."""


@dataclass(frozen=True)
class Part:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    is_pytest: bool = False
    # Why this machine cannot run it, and what to do about it; None where it can.
    lacks: Callable[[], str | None] = nothing


@dataclass(frozen=True)
class Outcome:
    part: Part
    passed: int
    failed: int
    skipped: int
    seconds: float
    output: str
    empty: bool = False


def tool(name: str, *arguments: str) -> Part:
    return Part(" ".join([name, *arguments]).strip(), [sys.executable, "-m", name, *arguments])


def suite(name: str, engine: str, *arguments: str, lacks: Callable[[], str | None] = nothing) -> Part:
    command = [sys.executable, "-m", "pytest", *USUAL, *arguments]
    return Part(name, command, {"AWARDS_TEST_ENGINE": engine}, is_pytest=True, lacks=lacks)


def lacks_postgres() -> str | None:
    if "AWARDS_TEST_POSTGRES" in os.environ:
        return None
    if postgres_programs() is None:
        return "PostgreSQL is not installed: apt-get install postgresql, or AWARDS_TEST_POSTGRES=postgresql://..."
    if os.geteuid() == 0 and not (shutil.which("runuser") and _known_user("postgres")):
        return "PostgreSQL does not run as root, and there is no user postgres to run it as"
    return None


def lacks_chromium() -> str | None:
    return None if shutil.which("chromium") else "Chromium is not installed: apt-get install chromium"


def _known_user(name: str) -> bool:
    return any(user.pw_name == name for user in pwd.getpwall())


STYLE = [tool("ruff", *style, "--output-format=concise") for style in (["check"], ["format", "--check"])]
TYPES = [tool("mypy")]
HOUSE = [suite("the rules of the house", "sqlite", "tests/test_architecture.py")]
# The science and its spreadsheets.
SCIENCE = ["tests/judging", "tests/awards/exchange/ranking", "tests/awards/demo/test_skating.py"]
# What knows no database, brings its own, or is about words on pages: once is enough.
ALONE = [
    "tests/awards/editions/test_documents.py",
    "tests/awards/editions/test_rulesets.py",
    "tests/awards/exchange/test_edition_file.py",
    "tests/awards/files/test_corpus.py",
    "tests/awards/panels/test_assigning.py",
    "tests/awards/panels/test_by_entry.py",
    "tests/awards/panels/test_repair_rules.py",
    "tests/awards/panels/test_solving.py",
    "tests/awards/results/test_planning.py",
    "tests/awards/scoresheets/test_files.py",
    "tests/awards/scoresheets/test_standings.py",
    "tests/awards/test_cli.py",
    "tests/awards/web",
    "tests/journeys/test_demo.py",
    "tests/journeys/test_languages.py",
    "tests/test_architecture.py",
    "tests/test_page.py",
    "tests/permissions/test_readers.py",
    "tests/test_templates.py",
    "tests/test_wheel.py",
    "tests/verifier",
]
# The same halves on both engines, so that no part is much longer than the others.
SEASON = [f"tests/awards/{name}" for name in ("panels", "scoresheets", "results", "publication", "messages")]
# Faults wait for clocks, leases and disks more than for a processor, so they run beside the others.
FAULTS = ["tests/faults", "tests/awards/db/test_postgres_away.py"]
BROWSER = "tests/browser"
# In two halves: the longest of all parts, it would be alone at the end.
LOOKS = [f"tests/browser/test_{name}.py" for name in ("city_pages", "components", "every_page", "journey")]


def without(*paths: str) -> list[str]:
    return [f"--ignore={path}" for path in paths]


def of_engine(name: str, engine: str, lacks: Callable[[], str | None] = nothing) -> list[Part]:
    return [
        suite(
            f"tests on {name}",
            engine,
            "tests",
            *without(*SCIENCE, *ALONE, *SEASON, *FAULTS, BROWSER),
            lacks=lacks,
        ),
        suite(f"faults on {name}", engine, *FAULTS, lacks=lacks),
        suite(f"a season on {name}", engine, *SEASON, *without(*ALONE), lacks=lacks),
    ]


def where_it_differs(name: str, engine: str, lacks: Callable[[], str | None]) -> list[Part]:
    """What may end otherwise on the second engine."""
    paths = ["tests", *without(*SCIENCE, *ALONE, *FAULTS, BROWSER)]
    return [suite(f"where {name} may differ", engine, "-m", "engine", *paths, lacks=lacks)]


SECOND = of_engine if WHOLE else where_it_differs
TESTS = [
    suite("how pages look in a browser", "sqlite", *LOOKS, lacks=lacks_chromium),
    suite("what people do in a browser", "sqlite", BROWSER, *without(*LOOKS), lacks=lacks_chromium),
    *of_engine("SQLite", "sqlite"),
    *SECOND("PostgreSQL", "postgres", lacks_postgres),
    suite("the science", "sqlite", *SCIENCE),
    suite("tests without a shared database", "sqlite", *ALONE),
]


def run(part: Part, scratch: Path) -> Outcome:
    say(f"[start] {part.name}")
    report = scratch / f"{part.name.replace(' ', '-')}.xml"
    command = [*part.command, f"--junit-xml={report}"] if part.is_pytest else part.command
    # What one process has compiled of the templates, the others find. Small matrices cut up among threads, beside
    # other processes on the same cores, would take four times the processor.
    shared = {"AWARDS_TEST_TEMPLATES": str(scratch), "OPENBLAS_NUM_THREADS": "1"}
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | shared | part.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.monotonic() - began
    if part.is_pytest and report.exists():
        passed, failed, skipped = counts(report)
        # Warnings at the very end, or a crash after the last test, fail a run in which no test failed.
        if done.returncode not in (0, NO_TESTS) and not failed:
            failed = 1
    else:
        passed, failed, skipped = int(done.returncode == 0), int(done.returncode != 0), 0
    return Outcome(part, passed, failed, skipped, seconds, done.stdout, empty=done.returncode == NO_TESTS)


def counts(report: Path) -> tuple[int, int, int]:
    passed = failed = skipped = 0
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def show(outcome: Outcome) -> None:
    result = "FAILED" if outcome.failed else "ok"
    numbers = ""
    if outcome.part.is_pytest:
        numbers = f", {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
    output = outcome.output.strip()
    say(f"\n===== {outcome.part.name}: {result}{numbers} ({outcome.seconds:.0f} s)")
    if output:
        say(output)


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str]) -> int:
    # What ends at once, then the long ones, so that the last to end is not alone for long.
    parts = [*STYLE, *TYPES, *HOUSE] if arguments == ["check"] else [*STYLE, *TESTS, *TYPES]
    left_out = [(part.name, lack) for part in parts if (lack := part.lacks())]
    can_run = [part for part in parts if part.lacks() is None]
    if DRILL:
        say("[drill] full counts: this takes long")
    outcomes = []
    with (
        tempfile.TemporaryDirectory(prefix="awards-everything-") as scratch,
        # More than there are cores: every part waits for its disk at times, the faults and the browser for more.
        ThreadPoolExecutor((os.cpu_count() or 1) + 3) as workers,
    ):
        for ended in as_completed([workers.submit(run, part, Path(scratch)) for part in can_run]):
            outcome = ended.result()
            show(outcome)
            outcomes.append(outcome)
    left_out += [(outcome.part.name, "there is no such test") for outcome in outcomes if outcome.empty]
    left_out += [(one.part.name, f"{one.skipped} tests were skipped") for one in outcomes if one.skipped]

    say("")
    for outcome in outcomes:
        if outcome.failed:
            say(f"FAILED: {outcome.part.name}")
    for name, why in left_out:
        say(f"LEFT OUT: {name}. {why}")
    if not WHOLE and arguments != ["check"]:
        say("LEFT TO CI: on PostgreSQL, the faults and what is not marked `engine`.")
        say(
            "LEFT TO CI: most random competitions and kills (`plain` in tests), and pages in the dark, read from the right."
        )
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    if left_out and os.environ.get("CI") == "true":
        say("With CI=true nothing may be left out.")
        failed += len(left_out)
    say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
