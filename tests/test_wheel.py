"""The built wheel works from an empty folder: templates, migrations, static files and the demo data are inside."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, without the checkout that it was built from."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_the_wheel_holds_what_the_checkout_holds(unpacked: Path) -> None:
    for package, inside in (
        ("templates", "awards/_data/templates"),
        ("migrations", "awards/_data/migrations"),
    ):
        own = {path.relative_to(ROOT / package) for path in _files(ROOT / package)}
        assert own == {path.relative_to(unpacked / inside) for path in _files(unpacked / inside)}
    for package in ("awards", "judging"):
        own = {path.relative_to(ROOT) for path in _files(ROOT / package)}
        missing = own - {path.relative_to(unpacked) for path in _files(unpacked / package)}
        assert not missing
    assert not (unpacked / "tests").exists()


def test_it_works_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked), "PYTHONWARNINGS": "error"}
    records = unpacked / "awards/demo/archive/winners.csv"
    told = _run(tmp_path, environment, "-c", "import awards; print(awards.__file__)")
    assert told.strip().startswith(str(unpacked))
    assert "migrations run" in _run(tmp_path, environment, "-m", "awards", "migrate")
    assert "58 winners" in _run(tmp_path, environment, "-m", "awards", "import", str(records))
    assert (tmp_path / "awards-data" / "awards.sqlite").is_file()


def _run(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
