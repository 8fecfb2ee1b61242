"""Which files people may hand in: by the ending of the name and by what is inside, which must agree. Pure."""

from enum import StrEnum

from msgspec import Struct

from awards.errors import AwardsError


class Family(StrEnum):
    """How a kind is looked at and how its copy is made."""

    PDF = "pdf"
    IMAGE = "image"
    OFFICE = "office"
    OPEN_DOCUMENT = "open document"


class Kind(Struct, frozen=True):
    """`holds` is what proves the kind inside: the format of an image, the main part of a document."""

    ending: str
    media_type: str
    family: Family
    holds: str = ""


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS = (
    Kind("pdf", "application/pdf", Family.PDF),
    Kind("png", "image/png", Family.IMAGE, "PNG"),
    Kind("jpg", "image/jpeg", Family.IMAGE, "JPEG"),
    Kind("jpeg", "image/jpeg", Family.IMAGE, "JPEG"),
    Kind("webp", "image/webp", Family.IMAGE, "WEBP"),
    Kind("docx", f"{_OOXML}wordprocessingml.document", Family.OFFICE, "word/document.xml"),
    Kind("xlsx", f"{_OOXML}spreadsheetml.sheet", Family.OFFICE, "xl/workbook.xml"),
    Kind("pptx", f"{_OOXML}presentationml.presentation", Family.OFFICE, "ppt/presentation.xml"),
    Kind("odt", f"{_ODF}text", Family.OPEN_DOCUMENT, "content.xml"),
    Kind("ods", f"{_ODF}spreadsheet", Family.OPEN_DOCUMENT, "content.xml"),
    Kind("odp", f"{_ODF}presentation", Family.OPEN_DOCUMENT, "content.xml"),
)
BY_ENDING = {kind.ending: kind for kind in KINDS}


class Why(StrEnum):
    """Why a file is refused. `awards.web.uploads` has a sentence for each, with what to do."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    ENDING = "ending"
    CONTENT = "content"
    BROKEN = "broken"
    PROTECTED = "protected"
    ACTIVE = "active"
    UNPACKS_TOO_LARGE = "unpacks too large"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_MANY_PAGES = "too many pages"
    TOO_MANY = "too many"
    QUOTA = "quota"
    INFECTED = "infected"
    GIVEN_UP = "given up"
    MISSING = "missing"
    DAMAGED = "damaged"


class Refused(AwardsError):
    """A file that is not taken. Nothing of it is kept."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
