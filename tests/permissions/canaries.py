"""Words planted where somebody keeps a secret, who may read them before the results are out, and how they are looked for.

Every answer to every GET of the walk is searched: pages, feeds and calendars as they are, PDF by its text and what it
says of itself, workbooks and other archives by their parts.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

import pypdfium2
from pypdf import PdfReader

from tests.people import CHIARA, DANIYAR, LEILA
from tests.permissions.asking import Answer

# What must not be read too early. They stand nowhere but where they are planted.
WINNER = "Canary lifts for every platform"
CITATION = "Canarycitation for patience"
COMMENTS = {"secretariat": "Canarynote to the secretariat", "city": "Canarynote to the city"}
RECUSAL = "Canaryrecusal: I advised this city"
LEFT_OUT = "Canarysheet was keyed twice"
EXTENSION = "Canarypower failed"
EXEMPTION = "Canaryexemption: it joins"

_READING = ("secretariat", "programme-secretariat", "auditor")
_BENCH = ("judge", "unassigned", "recused")
_PEOPLE = (*_READING, "admin", "other-secretariat")
"""Those who choose judges from the pool, or look after accounts."""

# Whoever is named may read it while results are not out; from the closing on also those after the plus.
_MAY_READ: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    WINNER: (("official", "colleague", "screener", "other-secretariat", *_BENCH, *_READING), ()),
    CITATION: (_READING, ()),
    COMMENTS["secretariat"]: (("judge",), _READING),
    COMMENTS["city"]: (("judge",), _READING),
    RECUSAL: (("recused", *_READING), ()),
    LEFT_OUT: (_READING, ()),
    EXTENSION: (("neighbour", "screener", *_READING), ()),
    EXEMPTION: (("neighbour", "screener", *_READING), ()),
    # Who judges is public when the results are, and nobody's business among judges.
    CHIARA.name: (("judge", *_PEOPLE), ()),
    LEILA.name: (("unassigned", *_PEOPLE), ()),
    DANIYAR.name: (("recused", *_PEOPLE), ()),
}
CLOSED = ("closed", "embargo")


def told(phase: str, role: str, answer: Answer) -> Iterator[str]:
    """Every planted word in an answer that the role may not read in this phase."""
    words = in_words(answer)
    for canary, (may, once_closed) in _MAY_READ.items():
        if role not in may and (role not in once_closed or phase not in CLOSED) and canary in words:
            yield canary


def in_words(answer: Answer) -> str:
    """Head and body of an answer as one text, whatever it is packed in."""
    head = unquote(repr(sorted(answer.headers.items())))
    return f"{head}\n{_text(answer.headers.get('content-type', ''), answer.body)}"


def _text(media_type: str, body: bytes) -> str:
    if media_type.startswith("application/pdf"):
        pages = pypdfium2.PdfDocument(body)
        texts = [page.get_textpage().get_text_bounded() for page in pages]
        return " ".join(" ".join(texts).split()) + repr(PdfReader(io.BytesIO(body)).metadata)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(_text("", archive.read(name)) for name in archive.namelist())
    return body.decode("utf-8", "replace")
