"""What screeners ask of every entry: short codes with a question each, written one on a line. Pure."""

from collections.abc import Iterable

Checklist = tuple[tuple[str, str], ...]

MOST_CHECKS = 30
# How many screen an entry, and how many people it takes to keep one out.
SCREENERS, EXCLUDERS = (1, 2), (1, 2)
MOST_APPEAL_DAYS = 90

CHECKLIST: Checklist = (
    ("entrant", "May this entrant enter: is it of a kind that the call names, and does a firm have its city’s consent?"),
    ("category", "Does the practice belong in the category that it was entered in?"),
    ("running", "Is the practice in use, and for as long as the call asks?"),
    ("answers", "Do the answers describe this practice, with results that somebody could check?"),
    ("papers", "Are the letters and other papers that the call asks for there, and do they belong to this entry?"),
    ("language", "Can judges read it: is it in a language of the call, files included?"),
    ("once", "Is it entered once only, and not as a winner that the call leaves out?"),
)  # fmt: skip


def checks_from(lines: Iterable[str]) -> Checklist:
    """From lines such as `language: Can judges read it?`; one without a colon has no code, which checks refuse."""
    found = []
    for line in lines:
        code, colon, question = line.partition(":")
        found.append((code.strip(), question.strip()) if colon else ("", line.strip()))
    return tuple(found)


def check_lines(checklist: Checklist) -> tuple[str, ...]:
    return tuple(f"{code}: {question}" for code, question in checklist)
