"""The command line as a person uses it: real processes, an empty folder, exit codes and words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from awards import __version__
from awards.demo.competitions import HERE
from awards.exchange import edition_file
from tests.faults.forked import run_forked

EXAMPLE = Path(edition_file.__file__).parent / "examples" / "wego.toml"


class Shell:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str | Path, code: int = 0, **settings: str) -> str:
        done = run_forked(
            *map(str, arguments),
            data=self.folder / "data",
            here=self.folder,
            AWARDS_DATABASE_URL=f"sqlite:///{self.folder}/awards.sqlite",
            **settings,
        )
        return self._said(done, code)

    def alone(self, *arguments: str, code: int = 0) -> str:
        """From the interpreter's first line on."""
        done = subprocess.run(
            [sys.executable, "-m", "awards", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return self._said(done, code)

    def _said(self, done: subprocess.CompletedProcess[str], code: int) -> str:
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout if code == 0 else done.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    Shell(folder)("migrate")
    return folder / "awards.sqlite"


@pytest.fixture
def ready(shell: Shell, migrated: Path) -> Shell:
    shutil.copyfile(migrated, shell.folder / "awards.sqlite")
    return shell


def test_says_its_version_and_its_words(shell: Shell) -> None:
    assert shell.alone("--version") == f"awards {__version__}\n"
    assert "serve" in shell.alone("--help")


def test_migrate_says_what_it_did_and_does_it_once(shell: Shell) -> None:
    assert "migrations run" in shell("migrate")
    assert "Nothing to do" in shell("migrate")


def test_a_command_before_migrate_says_so(shell: Shell) -> None:
    assert "awards migrate" in shell("check", code=1)


def test_the_first_admin_gets_a_link(ready: Shell) -> None:
    said = ready("admin", "grace@wego.example", "Grace Hopper", AWARDS_BASE_URL="https://awards.example")
    assert "https://awards.example/invitation/" in said
    assert "Every invariant holds" in ready("check")


def test_wrong_settings_are_all_named(shell: Shell) -> None:
    said = shell(
        "serve",
        code=1,
        AWARDS_MODE="production",
        AWARDS_SMTP_TLS="maybe",
        AWARDS_TRUSTED_PROXIES="everybody",
        PORT="eighty",
    )
    for name in ("AWARDS_BASE_URL", "AWARDS_SMTP_TLS", "AWARDS_TRUSTED_PROXIES", "PORT"):
        assert name in said


def test_an_edition_is_loaded_shown_and_copied(ready: Shell) -> None:
    assert "A dry run" in ready("edition", "load", EXAMPLE, "--dry-run")
    assert "Created" in ready("edition", "load", EXAMPLE)
    assert "Nothing to change" in ready("edition", "load", EXAMPLE)
    document = edition_file.parse(EXAMPLE.read_text(encoding="utf-8"))
    shown = ready("edition", "show", document.programme.slug, document.slug)
    (ready.folder / "shown.toml").write_text(shown, encoding="utf-8")
    assert "Nothing to change" in ready("edition", "load", "shown.toml")
    assert "Created" in ready("edition", "load", "shown.toml", "--slug", "next-year")
    copied = ready("edition", "show", document.programme.slug, "next-year")
    assert copied == shown.replace(f'slug = "{document.slug}"', 'slug = "next-year"', 1)


def test_a_bad_edition_file_names_its_line(ready: Shell) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("year = ", "year = not ", 1)
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "year = not" in one)
    (ready.folder / "bad.toml").write_text(text, encoding="utf-8")
    assert f"line {line}" in ready("edition", "load", "bad.toml", code=2)
    ready("edition", "load", "nowhere.toml", code=2)


def test_a_competition_comes_in_once_and_stays_as_it_is(ready: Shell) -> None:
    folder = ready.folder / "planted"
    shutil.copytree(HERE / "planted", folder)
    assert "40 entries, 12 judges, 120 sheets, 600 marks" in ready("import", folder)
    assert "Nothing to do" in ready("import", folder)
    entries = (folder / "entries.csv").read_text(encoding="utf-8")
    (folder / "entries.csv").write_text(entries.replace("One form", "Two forms", 1), encoding="utf-8")
    assert "entries.csv differs" in ready("import", folder, code=4)
    (folder / "entries.csv").write_text(entries + "X,nothing,T,C,QM,,\n", encoding="utf-8")
    assert "entries.csv:42: category nothing" in ready("import", folder, code=2)
    assert "Every invariant holds" in ready("check")


def test_records_of_past_editions_come_in_once(ready: Shell) -> None:
    records = HERE / "archive" / "winners.csv"
    assert "58 winners in 7 publications, 0 unchanged" in ready("import", records)
    assert "0 publications, 7 unchanged" in ready("import", records)
    (ready.folder / "bad.csv").write_text("programme,edition\nWeGO,2012\n", encoding="utf-8")
    assert "bad.csv:2:" in ready("import", "bad.csv", code=2)


def test_a_backup_comes_back_whole(ready: Shell) -> None:
    ready("import", HERE / "planted")
    before = ready("check")
    ready("backup", "kept/backup.tar.gz")
    assert "exists" in ready("restore", "kept/backup.tar.gz", code=1)
    (ready.folder / "awards.sqlite").unlink()
    ready("restore", "kept/backup.tar.gz")
    assert ready("check") == before


def test_a_damaged_backup_restores_nothing(ready: Shell) -> None:
    ready("backup", "backup.tar.gz")
    content = bytearray((ready.folder / "backup.tar.gz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (ready.folder / "backup.tar.gz").write_bytes(content)
    before = (ready.folder / "awards.sqlite").read_bytes()
    ready("restore", "backup.tar.gz", "--overwrite", code=1)
    assert (ready.folder / "awards.sqlite").read_bytes() == before


def test_a_spreadsheet_is_ranked_without_a_database(shell: Shell) -> None:
    rows = "entry,judge,score\nA,x,7\nA,y,8\nB,x,5\nB,z,6.5\nC,y,9\nC,z,7\nD,x,6\nD,y,8\n"
    (shell.folder / "scores.csv").write_text(rows, encoding="utf-8")
    said = shell("rank", "scores.csv")
    places = [line.split() for line in said.splitlines() if line[:5].strip().isdigit() and "●" in line]
    assert [(place[0], place[5]) for place in places] == [("1", "C"), ("2", "A"), ("3", "D"), ("4", "B")]
    assert shell("rank", "scores.csv", "--json") == shell("rank", "scores.csv", "--json")
    assert [path.name for path in shell.folder.iterdir()] == ["scores.csv"]
    (shell.folder / "scores.csv").write_text(rows + "A,x,3\nB,y,lots\n", encoding="utf-8")
    said = shell("rank", "scores.csv", code=2)
    assert "scores.csv:10: x scores A twice; the first is on line 2" in said
    assert "scores.csv:11: the score lots is not a number" in said
