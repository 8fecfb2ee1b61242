"""What rows are called: everything that can stand in one has its words."""

import pytest

from awards import data_dir
from awards.app import JOB_HANDLERS
from awards.audit.actions import Action
from awards.files.steps import COPIES
from awards.operations import words
from awards.web import i18n


def test_everything_that_can_happen_has_a_name() -> None:
    assert set(words.ACTIONS) == set(Action)
    with i18n.use(i18n.PSEUDO):
        assert all(words.action(one).startswith("[") for one in Action)


def test_every_mail_and_job_has_a_name() -> None:
    folders = {path.name for path in (data_dir("templates") / "mail").iterdir() if path.is_dir()}
    assert set(words.MAILS) == folders
    assert set(words.JOBS) == {*JOB_HANDLERS, COPIES}  # its handler is made where the files are


@pytest.mark.parametrize(
    ("said", "words_"),
    [
        (words.action("gone by now"), "gone by now"),
        (words.mail("gone-by-now"), "gone by now"),
        (words.job("gone", 3), "gone 3"),
        (words.subject("gone", 3), "gone 3"),
        (words.subject("round_entry", 3), "round entry 3"),
        (words.role("nobody"), "nobody"),
    ],
)
def test_rows_outlive_the_code_that_wrote_them(said: str, words_: str) -> None:
    assert said == words_
