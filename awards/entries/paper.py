"""An entry as the data of its printed document: every sentence made here, so that the template only sets. Pure."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from awards.entries.reading import ReadAnswer, Sections
from awards.web.i18n import _, current, dir_of
from awards.web.printed import language, paragraphs, printed
from awards.web.words import file_size


class Cover(Struct, frozen=True):
    """What stands on the first page; `facts` are pairs of a name and what it is; `sha256` and `head` are of what was submitted."""

    reference: str
    title: str
    state: str
    facts: Sequence[tuple[str, str]]
    sha256: str = ""
    head: str = ""
    declared: str = ""


def document(cover: Cover, sections: Sections, lang: str) -> dict[str, Any]:
    """`lang` is that of the answers; the words around them are in the reader's."""
    return {
        "lang": language(current()) or "en",
        "dir": dir_of(current()),
        "answers_lang": language(lang) or language(current()) or "en",
        "reference": cover.reference,
        "title": printed(cover.title),
        "state": cover.state,
        "facts": [
            *({"name": name, "value": printed(value), "code": ""} for name, value in cover.facts),
            *(
                {"name": name, "code": code}
                for name, code in (
                    (_("Fingerprint (SHA-256)"), cover.sha256),
                    (_("Head of the record with this version"), cover.head),
                )
                if code
            ),
        ],
        "declared": [printed(line.removeprefix("- ")) for line in cover.declared.split("\n") if line.strip()],
        "sections": [
            {"title": printed(title), "answers": [_answer(row) for row in rows]} for title, rows in sections
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


def _answer(row: ReadAnswer) -> dict[str, Any]:
    said = row.said
    return {
        "label": printed(row.question.label),
        "paragraphs": paragraphs(said.text or said.ours),
        "items": [printed(one) for one in said.items],
        "address": said.address,
        "indicators": [
            [printed(one.indicator), printed(one.unit), printed(one.before or "–"), printed(one.after or "–")]
            for one in said.indicators
        ],
        "files": [
            {
                "name": printed(one.name),
                "size": file_size(one.size),
                "sha256": one.sha256,
                "alt": printed(one.alt),
            }
            for one in row.files
        ],
    }
