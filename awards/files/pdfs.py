"""PDF: looked at, written anew without what names people or acts by itself, and drawn page by page."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from awards.files.jpegs import without_segments
from awards.files.kinds import Refused, Why

MOST_PAGES = 300
DRAWN_PAGES = 100
PAGE_WIDTH = 1_400
_END = b"%%EOF"
_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)

# Keys that act by themselves, that tell of people and programs, or that carry other files.
_GONE = frozenset(
    {"/AA", "/OpenAction", "/JS", "/JavaScript", "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EF", "/Names",
     "/EmbeddedFiles", "/Info", "/Private", "/Thumb"}
)  # fmt: skip
# What is drawn of a remark or of a field in a form; who wrote it and when is left out.
_OF_ANNOTATION = frozenset(
    {"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/C", "/IC", "/CA", "/BS", "/Border", "/QuadPoints", "/Contents",
     "/DA", "/DS", "/L", "/LE", "/Vertices", "/InkList", "/H", "/Dest", "/StructParent"}
)  # fmt: skip
_ACTING = frozenset(
    {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Popup", "/TrapNet"}
)


def examine(path: Path) -> None:
    """Raises Refused where this is no PDF alone, is protected, or cannot be read."""
    _alone(path)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted:
            raise Refused(Why.PROTECTED)
        pages = len(reader.pages)
    except _BROKEN as problem:
        raise Refused(Why.BROKEN) from problem
    if not pages:
        raise Refused(Why.BROKEN)
    if pages > MOST_PAGES:
        raise Refused(Why.TOO_MANY_PAGES)
    try:
        pypdfium2.PdfDocument(path).close()
    except pypdfium2.PdfiumError as problem:
        raise Refused(Why.BROKEN) from problem


def _alone(path: Path) -> None:
    """From its first byte to its last: a file that is a page or an archive too is refused."""
    with path.open("rb") as file:
        if not re.match(rb"%PDF-\d\.\d", file.read(8)):
            raise Refused(Why.CONTENT)
        size = file.seek(0, 2)
        file.seek(max(0, size - 70_000))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise Refused(Why.BROKEN)
    if tail[at + len(_END) :].strip(b"\0\t\n\f\r ") or b"PK\x05\x06" in tail[at:]:
        raise Refused(Why.CONTENT)


def copy(source: Path, target: Path) -> list[list[str]]:
    """Its pages in a new file. An incremental save would keep what was, so every object is written again.

    Returns the addresses that links lead to, page by page.
    """
    addresses: list[list[str]] = []
    try:
        writer = PdfWriter()
        for page in PdfReader(source, strict=False).pages:
            writer.add_page(page)
        seen: set[tuple[int, int]] = set()
        for page in writer.pages:
            addresses.append(_annotations(page))
            _scrub(page, seen)
        writer.metadata = None
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        writer.write(target)
    except _BROKEN as problem:
        raise Refused(Why.BROKEN) from problem
    return addresses


def _annotations(page: DictionaryObject) -> list[str]:
    """Keeps what is drawn of remarks and what a person may follow; returns where that leads."""
    found = page.get("/Annots")
    if found is None:
        return []
    kept, addresses = ArrayObject(), []
    for one in found.get_object():
        annotation = one.get_object()
        if not isinstance(annotation, DictionaryObject) or annotation.get("/Subtype") in _ACTING:
            continue
        address = _address(annotation)
        plain = DictionaryObject({key: value for key, value in annotation.items() if key in _OF_ANNOTATION})
        if address:
            addresses.append(address)
            plain[NameObject("/A")] = DictionaryObject(
                {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject(address)}
            )
        kept.append(plain)
    page[NameObject("/Annots")] = kept
    return list(dict.fromkeys(addresses))


def _address(annotation: DictionaryObject) -> str:
    """Where a link leads that a person may follow."""
    action = annotation.get("/A")
    action = action.get_object() if action is not None else None
    if not isinstance(action, DictionaryObject) or action.get("/S") != "/URI":
        return ""
    address = str(action.get("/URI", ""))
    return address if urlsplit(address).scheme in ("http", "https", "mailto") else ""


def _scrub(start: PdfObject, seen: set[tuple[int, int]]) -> None:
    """Walk all that a page reaches, without recursion: hostile files nest deeper than any stack."""
    waiting: list[Any] = [start]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            for key in _GONE & one.keys():
                del one[key]
            if isinstance(one, StreamObject):
                _bare_picture(one)
        waiting.extend(_parts(one))


def _parts(one: Any) -> Iterator[Any]:
    if isinstance(one, DictionaryObject):
        yield from (value for key, value in one.items() if key != "/Parent")
    elif isinstance(one, ArrayObject):
        yield from one


def _bare_picture(stream: StreamObject) -> None:
    """A photograph keeps its camera's notes inside the page: where it was taken, and by whom."""
    filters = stream.get("/Filter")
    if filters == "/DCTDecode" or (isinstance(filters, ArrayObject) and list(filters) == ["/DCTDecode"]):
        stream._data = without_segments(stream._data)  # as it stands in the file, not unpacked


def page_images(source: Path, folder: Path) -> list[str]:
    """page-001.webp and on, for the first pages; returns their names."""
    document = pypdfium2.PdfDocument(source)
    names = [f"page-{number + 1:03}.webp" for number in range(min(len(document), DRAWN_PAGES))]
    try:
        for number, name in enumerate(names):
            page = document[number]
            scale = PAGE_WIDTH / max(page.get_width(), 1)
            tall = page.get_height() * scale
            picture = page.render(
                scale=scale if tall <= 4 * PAGE_WIDTH else scale * 4 * PAGE_WIDTH / tall
            ).to_pil()
            picture.convert("RGB").save(folder / name, "WEBP", quality=80, method=2)
            page.close()
    finally:
        document.close()
    return names


def text_of(source: Path, addresses: Sequence[Sequence[str]] = ()) -> str:
    """What can be read of it, page by page with a form feed between; for search and for screen readers.

    The addresses of a page stand below its text: its picture shows words, and not where they lead.
    """
    document = pypdfium2.PdfDocument(source)
    try:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
        led = [*addresses, *[()] * (len(pages) - len(addresses))]
        return "\f".join(
            "\n".join(part for part in (text, *(one for one in links if one not in text)) if part)
            for text, links in zip(pages, led, strict=False)
        )
    finally:
        document.close()
