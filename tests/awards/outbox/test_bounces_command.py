"""`awards bounces` as an operator runs it: on a Maildir, on an mbox, behind a mail server's pipe."""

import mailbox
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.awards.outbox.reports import report
from tests.processes import ROOT, environment, run_awards

IDS = [f"{number:032x}@awards" for number in range(3)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three mails that went out."""
    folder = tmp_path_factory.mktemp("bounces")
    assert run_awards("migrate", data=folder).returncode == 0
    with sqlite3.connect(folder / "awards.sqlite") as database:
        for message_id in IDS:
            database.execute(
                'INSERT INTO message (created_at, dedupe_key, message_id, "to", lang, template, "values",'
                " edition_id, not_before, state, attempts, problem) VALUES ('2026-03-10 09:00:00', ?, ?,"
                " 'gone@city.example', 'en', 'reset', '{}', 0, '2026-03-10 09:00:00', 'sent', 1, '')",
                (message_id, message_id),
            )
    return folder


def states(data: Path) -> list[str]:
    with sqlite3.connect(data / "awards.sqlite") as database:
        return [row[0] for row in database.execute("SELECT state FROM message ORDER BY id")]


def test_reports_from_anywhere_are_noted_once(data: Path, tmp_path: Path) -> None:
    maildir = mailbox.Maildir(tmp_path / "maildir")
    maildir.add(report(message_id=IDS[0], own_id="<a@x>"))
    maildir.add(b"Subject: hello\n\nI am away.\n")
    box = mailbox.mbox(tmp_path / "box")
    box.add(report(message_id=IDS[1], own_id="<b@x>"))
    box.add(report(message_id="f" * 32 + "@awards", own_id="<c@x>"))
    box.close()

    said = run_awards("bounces", str(tmp_path / "maildir"), data=data)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines() == [
        "Came back: 1. Known already: 0.",
        "No reports of a mail of ours that failed: 1.",
    ]
    said = run_awards("bounces", str(tmp_path / "box"), data=data)
    assert "Came back: 1." in said.stdout
    assert "About mails that this service did not send, or no longer keeps: 1." in said.stdout
    piped = subprocess.run(
        [sys.executable, "-m", "awards", "bounces", "-"],
        cwd=ROOT, env=environment(data), input=report(message_id=IDS[2]), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert b"Came back: 1." in piped.stdout
    assert states(data) == ["failed"] * 3
    said = run_awards("bounces", str(tmp_path / "box"), data=data)
    assert "Came back: 0. Known already: 1." in said.stdout


def test_a_file_that_is_not_there_is_said(data: Path) -> None:
    said = run_awards("bounces", "no-such-box", data=data)
    assert said.returncode == 2
    assert said.stderr == "no-such-box: No such file or directory\n"
