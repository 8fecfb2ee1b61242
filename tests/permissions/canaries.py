"""Words planted where somebody keeps a secret, who may read them before the results are out, and how they are looked for.

Every answer to every GET of the walk is searched: pages, feeds and calendars as they are, PDF by its text, what it says of
itself and what is attached to it, pictures by what they say of themselves, workbooks and other archives by their parts.
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

import pypdfium2
from PIL import Image
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
# What a city wrote, or somebody wrote about it.
UNWANTED, OBJECTION = "Canaryunwanted judge", "Canaryobjection: our supplier"
NOMINEE, NOMINATION = "Canarynominee of a city", "Canarynomination: knows harbours"
WORKING, HELP, LATE_TRY = "Canarydraft of our own", "Canaryhelp wanted", "Canarytry after the call"
FILE = "Canaryplan.pdf"
SCREENING = "Canaryscreening: looks thin"
ENQUIRY, REPLY = "Canaryenquiry about the year", "Canaryreply of the city"
APPEAL, REDACTED = "Canaryappeal: you misread us", "Canaryredacted for a blind round"
# What a judge said of themselves or wrote too late, and what was said of it.
EMPLOYER, LATE = "Canaryemployer of a judge", "Canarylate words"
REFUSAL, ASIDE = "Canaryrefusal: there was a line", "Canaryaside: the wrong paper"
STRUCK, HELD = "Canarystruck: my own port", "Canaryheld: it names a judge"
WAIVED, OVERRIDDEN = "Canarywaiver: nobody else was left", "Canaryoverride: long ago"
# What a meeting put on record, why a prize was given as it was, and why all was stopped.
NOTE = "Canarydeliberation of the panel"
VISITED, VISIT = "Canarytitle of a visit", "Canaryvisit: the lifts stood still"
REASON, HALT = "Canaryreason of the jury", "Canaryhalt of the edition"

_READING = ("secretariat", "programme-secretariat", "auditor")
_BENCH = ("judge", "unassigned", "recused")
_CITY = ("official", "colleague")
_PEOPLE = (*_READING, "admin", "other-secretariat")
"""Those who choose judges from the pool, or look after accounts."""

# Whoever is named may read it while results are not out; from the closing on also those after the plus.
_MAY_READ: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    WINNER: ((*_CITY, "screener", *_BENCH, *_READING), ()),
    CITATION: (_READING, ()),
    COMMENTS["secretariat"]: (("judge",), _READING),
    COMMENTS["city"]: (("judge",), _READING),
    RECUSAL: (("recused", *_READING), ()),
    LEFT_OUT: (_READING, ()),
    EXTENSION: (("neighbour", "screener", *_READING), ()),
    EXEMPTION: (("neighbour", "screener", *_READING), ()),
    **dict.fromkeys((UNWANTED, OBJECTION, NOMINEE, NOMINATION, HELP), ((*_CITY, *_READING), ())),
    WORKING: (_CITY, ()),
    FILE: ((*_CITY, "judge", "screener", *_READING), ()),
    LATE_TRY: ((*_CITY, *_READING), ()),
    SCREENING: (("screener", *_READING), ()),
    **dict.fromkeys((ENQUIRY, REPLY, APPEAL), ((*_CITY, "screener", *_READING), ())),
    **dict.fromkeys((REDACTED, STRUCK, HELD, WAIVED, OVERRIDDEN), (_READING, ())),
    EMPLOYER: (("judge", *_PEOPLE), ()),
    # Whoever decides about it sees no word of it.
    LATE: (("judge",), ()),
    **dict.fromkeys((REFUSAL, ASIDE), (("judge", *_READING), ())),
    # Those who deliberate are nobody of the table, but for a panel that meets as a whole.
    **dict.fromkeys((NOTE, VISITED, VISIT, REASON, HALT), (_READING, ())),
    # Who judges is public when the results are, and nobody's business among judges.
    CHIARA.name: (("judge", *_PEOPLE), ()),
    LEILA.name: (("unassigned", *_PEOPLE), ()),
    DANIYAR.name: (("recused", *_PEOPLE), ()),
}
PLANTED = tuple(_MAY_READ)
CLOSED = ("closed", "embargo")


def told(phase: str, role: str, answer: Answer, out: Collection[str] = ()) -> Iterator[str]:
    """Every planted word in an answer that the role may not read in this phase, but for what is out."""
    words = in_words(answer)
    for canary, (may, once_closed) in _MAY_READ.items():
        if (
            canary not in out
            and role not in may
            and (role not in once_closed or phase not in CLOSED)
            and canary in words
        ):
            yield canary


def in_words(answer: Answer) -> str:
    """Head and body of an answer as one text, whatever it is packed in."""
    head = unquote(repr(sorted(answer.headers.items())))
    return f"{head}\n{_text(answer.headers.get('content-type', ''), answer.body)}"


def _text(media_type: str, body: bytes) -> str:
    if media_type.startswith("application/pdf"):
        pages = pypdfium2.PdfDocument(body)
        texts = [page.get_textpage().get_text_bounded() for page in pages]
        says = PdfReader(io.BytesIO(body))
        xmp = says.xmp_metadata
        beside = (says.metadata, xmp and xmp.stream.get_data(), dict(says.attachments))
        return " ".join(" ".join(texts).split()) + repr(beside)
    if body.startswith(b"\x89PNG"):
        return repr(Image.open(io.BytesIO(body)).info)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(_text("", archive.read(name)) for name in archive.namelist())
    return body.decode("utf-8", "replace")
