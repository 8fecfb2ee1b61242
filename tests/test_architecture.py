"""The import law of the house, read from the source itself."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400

# Top imports down, never up, never sideways. What stands on one line is one level.
LEVELS = (
    {"cli", "__main__"},
    {"app", "worker", "backup", "commands"},
    {"operations"},
    {"demo"},
    {"exchange"},
    {"invariants"},
    {"messages"},
    {"publication"},
    {"results"},
    {"scoresheets"},
    {"panels"},
    {"entries"},
    {"editions"},
    {"cities"},
    {"accounts"},
    {"web"},
    {"files"},
    {"outbox", "jobs", "audit"},
    {"db"},
    {"settings", "clock", "ids", "errors", "actor", "verifier"},
)
# Modules of the top that work together.
TOP = LEVELS[0] | LEVELS[1]
LEVEL = {name: depth for depth, names in enumerate(LEVELS) for name in names}
# They name every table, so that Piccolo finds them; nothing of ours imports them.
FOR_PICCOLO = {"piccolo_app", "piccolo_conf"}
# The root package holds the version and the data folder, and belongs to everybody.
EVERYBODYS = {""}

FEATURES = {
    "operations",
    "demo",
    "exchange",
    "messages",
    "publication",
    "results",
    "scoresheets",
    "panels",
    "entries",
    "editions",
    "cities",
    "accounts",
}
OF_A_FOREIGN_FEATURE = {"pages", "api", "forms", "services"}
WEB_ONLY = ("pages", "api")
WITH_PICCOLO = ("tables", "queries", "services", "steps", "sessions", "worker", "invariants")


def sources(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "_data" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            base = node.module or ""
            for alias in node.names:
                inside = ROOT.joinpath(*base.split("."), alias.name)
                is_module = inside.is_dir() or inside.with_suffix(".py").is_file()
                yield (f"{base}.{alias.name}" if is_module else base), node.lineno


def feature_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_judging_stands_alone() -> None:
    allowed = {"judging", "numpy", "highspy"}
    for path in sources("judging"):
        for name, line in imports(path):
            root = name.split(".")[0]
            assert root in allowed or root in sys.stdlib_module_names, f"{path}:{line} imports {name}"


def test_every_import_points_down() -> None:
    broken = []
    for path in sources("awards"):
        here = feature_of(module_of(path))
        if here in FOR_PICCOLO | EVERYBODYS:
            continue
        assert here in LEVEL, f"{path} has no place in the import law"
        for name, line in imports(path):
            if not name.startswith("awards"):
                continue
            there = feature_of(name)
            if there in EVERYBODYS or there == here:
                continue
            if there in FOR_PICCOLO or (LEVEL[there] <= LEVEL[here] and here not in TOP):
                broken.append(f"{path.relative_to(ROOT)}:{line}: {here} imports {name}")
    assert not broken, "\n".join(broken)


def test_a_feature_uses_no_pages_forms_or_verbs_of_another() -> None:
    broken = []
    for path in sources("awards"):
        here = feature_of(module_of(path))
        if here not in FEATURES - {"exchange", "demo"}:
            continue
        for name, line in imports(path):
            parts = name.split(".")
            foreign = len(parts) > 2 and parts[0] == "awards" and parts[1] in FEATURES and parts[1] != here
            if foreign and parts[2] in OF_A_FOREIGN_FEATURE:
                broken.append(f"{path.relative_to(ROOT)}:{line}: {name}")
    assert not broken, "\n".join(broken)


def test_only_pages_know_the_web_framework_and_only_data_code_knows_the_tables() -> None:
    broken = []
    for path in sources("awards"):
        here = feature_of(module_of(path))
        web = _is_one_of(path, WEB_ONLY) or here in {"web", "app", "cli"}
        data = _is_one_of(path, WITH_PICCOLO) or here in {"db", "audit", "outbox", "jobs"} | FOR_PICCOLO
        for imported, line in imports(path):
            root = imported.split(".")[0]
            if (root == "litestar" and not web) or (root == "piccolo" and not data):
                broken.append(f"{path.relative_to(ROOT)}:{line}: {root}")
    assert not broken, "\n".join(broken)


def _is_one_of(path: Path, names: tuple[str, ...]) -> bool:
    """By the file's own name (`pages_rounds.py`) or by its folder's (`pages/rounds.py`)."""
    return path.stem.startswith(names) or any(part in names for part in path.relative_to(ROOT).parts[:-1])


@pytest.mark.parametrize("package", ["awards", "judging"])
def test_nothing_is_imported_inside_a_function(package: str) -> None:
    for path in sources(package):
        tree = parsed(path)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    assert not isinstance(node, ast.Import | ast.ImportFrom), f"{path}:{node.lineno}"


def test_only_the_clock_asks_what_time_it_is() -> None:
    asks = {"now", "utcnow", "today", "time", "time_ns"}
    for path in [*sources("awards"), *sources("judging")]:
        if path.name == "clock.py":
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and node.attr in asks and isinstance(node.value, ast.Name):
                assert node.value.id not in {"datetime", "date", "time"}, f"{path}:{node.lineno}"


def test_no_route_uses_the_framework_cache() -> None:
    for path in sources("awards"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.keyword):
                assert node.arg not in {"cache", "cache_key_builder"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("package", ["awards", "judging", "tests", "benchmarks"])
def test_files_are_short(package: str) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources(package)}
    long = {path.relative_to(ROOT).as_posix(): n for path, n in lengths.items() if n > LONGEST}
    assert not long, f"split by noun: {long}"


def test_names_say_something() -> None:
    empty = {"utils", "helpers", "common", "manager", "misc"}
    for package in ("awards", "judging", "tests", "benchmarks"):
        for path in (ROOT / package).rglob("*.py"):
            assert path.stem not in empty, path
