"""What judges of blind rounds read in place of a part that would tell who entered. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.saying import said
from awards.web.i18n import _
from judging import sha256_of

TITLE = "title"
LONGEST = 20_000


class Part(Struct, frozen=True):
    """One text of a submitted version that judges of a blind round read; `name` is the same in form and table."""

    name: str
    label: str
    text: str


def answer_part(code: str) -> str:
    return f"answer.{code}"


def alt_part(code: str, place: int) -> str:
    """The words that describe one file of an answer."""
    return f"alt.{code}.{place}"


def parts_of(title: str, body: Mapping[str, Any], questions: Sequence[Asked]) -> tuple[Part, ...]:
    """In the order of the form. What such judges do not get anyway is not among them."""
    found = [Part(TITLE, _("Title of the practice"), body.get("title") or title)]
    answers, files = body.get("answers", {}), body.get("files", {})
    for question in questions:
        if not question.is_seen(blind=True):
            continue
        value = said(question.kind, answers.get(question.code, ""), question.limits.unit).plain
        found.append(Part(answer_part(question.code), question.label, value))
        found += [
            Part(
                alt_part(question.code, place),
                _("%(question)s: description of file %(number)d", question=question.label, number=place + 1),
                one["alt"],
            )
            for place, one in enumerate(files.get(question.code, ()))
        ]
    return tuple(part for part in found if part.text.strip())


def wanted(parts: Sequence[Part], typed: Mapping[str, str]) -> dict[str, str]:
    """What stands in place of what: a part that says what was submitted needs nothing in its place."""
    return {
        part.name: text
        for part in parts
        if (text := _text(part.name, typed.get(part.name, part.text))) != part.text.strip()
    }


def _text(name: str, typed: str) -> str:
    return " ".join(typed.split()) if name == TITLE else typed.strip()


def problems(parts: Sequence[Part], typed: Mapping[str, str]) -> dict[str, str]:
    found = {
        name: _("Shorten the text to %(most)d characters", most=LONGEST)
        for name, text in typed.items()
        if len(text) > LONGEST
    }
    if TITLE in typed and not typed[TITLE].strip():
        found[TITLE] = _("Write a title that tells no name; judges find the entry by it")
    if typed.keys() - {part.name for part in parts}:
        found[""] = _("The form names a part that this version does not have; open the page again")
    return found


def state_of(standing: Mapping[str, str]) -> str:
    """What a form was drawn from."""
    return sha256_of(dict(standing))


def redacted_body(body: Mapping[str, Any], standing: Mapping[str, str]) -> dict[str, Any]:
    """The body as judges of a blind round get it."""
    files = {
        code: [
            {**one, "alt": standing.get(alt_part(code, place), one["alt"])} for place, one in enumerate(some)
        ]
        for code, some in body.get("files", {}).items()
    }
    answers = {
        code: standing.get(answer_part(code), value) for code, value in body.get("answers", {}).items()
    }
    title = {"title": standing[TITLE]} if TITLE in standing else {}
    return {**body, **title, "answers": answers, "files": files}
