"""An entry as the data of its printed document: every sentence made here, so that the template only sets. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.entries.reading import ReadAnswer, Sections
from awards.web.i18n import _, current, dir_of
from awards.web.words import file_size

_LONG_WORD = re.compile(r"\S{40}")


class Cover(Struct, frozen=True):
    """What stands on the first page; `facts` are pairs of a name and what it is, `sha256` is of what was submitted."""

    reference: str
    title: str
    state: str
    facts: Sequence[tuple[str, str]]
    sha256: str = ""
    declared: str = ""


def document(cover: Cover, sections: Sections, lang: str) -> dict[str, Any]:
    """`lang` is that of the answers; the words around them are in the reader's."""
    return {
        "lang": _language(current()) or "en",
        "dir": dir_of(current()),
        "answers_lang": _language(lang) or _language(current()) or "en",
        "reference": cover.reference,
        "title": _text(cover.title),
        "state": cover.state,
        "facts": [
            *({"name": name, "value": _text(value), "code": ""} for name, value in cover.facts),
            *([{"name": _("Fingerprint (SHA-256)"), "code": cover.sha256}] if cover.sha256 else ()),
        ],
        "declared": [_text(line.removeprefix("- ")) for line in cover.declared.split("\n") if line.strip()],
        "sections": [
            {"title": _text(title), "answers": [_answer(row) for row in rows]} for title, rows in sections
        ],
        "words": {
            "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
            "declared": _("Declared on submitting"),
            "none": _("No answer"),
            "incomplete": _(
                "Some letters are boxes here: the machine that made this paper has no font for them. The text in"
                " the service is whole."
            ),
            "indicator": _("Indicator"),
            "unit": _("Unit"),
            "before": _("Before"),
            "after": _("After"),
            "files": _("Files"),
            "fingerprint": _("Fingerprint (SHA-256)"),
        },
    }


def _language(code: str) -> str:
    """As typst knows languages: two or three letters."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", code)
    return found[0] if found else ""


def _answer(row: ReadAnswer) -> dict[str, Any]:
    said = row.said
    return {
        "label": _text(row.question.label),
        "paragraphs": [_text(one) for one in re.split(r"\n{2,}", said.text or said.ours) if one.strip()],
        "items": [_text(one) for one in said.items],
        "address": said.address,
        "indicators": [
            [_text(one.indicator), _text(one.unit), _text(one.before or "–"), _text(one.after or "–")]
            for one in said.indicators
        ],
        "files": [
            {
                "name": _text(one.name),
                "size": file_size(one.size),
                "sha256": one.sha256,
                "alt": _text(one.alt),
            }
            for one in row.files
        ],
    }


def _text(text: str) -> Mapping[str, str]:
    """With its own direction; words that no line could hold may be broken."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return {"text": _LONG_WORD.sub(lambda found: found[0] + "\u200b", kept), "dir": direction(kept)}


def direction(text: str) -> str:
    """Of its first letter that has one."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
    return "auto"
