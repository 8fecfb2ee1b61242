"""The copy of an office document that judges get: the same text, without who wrote it and what it would fetch."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from awards.files.archives import read_part
from awards.files.images import without_metadata
from awards.files.kinds import Family, Kind, Refused, Why

_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    '"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    '"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
_META = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    '"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/></office:document-meta>'
)
_ANONYMOUS = {
    "docProps/core.xml": _CORE,
    "docProps/app.xml": _APP,
    "docProps/custom.xml": _CUSTOM,
    "meta.xml": _META,
}
# Persons stand in comments, in tracked changes and in lists of people: their names go, their words stay.
_AUTHORS = re.compile(
    r'(\b(?:w:author|w:initials|author|initials|displayName|userId|providerId|lastIdx|name)=)"[^"]*"'
)
_AUTHORED = re.compile(r"(comments?|people|commentauthors|authors|persons?/person)\d*\.xml$", re.IGNORECASE)
_CHANGES = re.compile(r'(\bw:(?:author|initials)=)"[^"]*"')
_CREATORS = re.compile(
    r"(<(dc:creator|dc:date|meta:initial-creator|meta:creator-initials|text:sender-[\w-]+|author)\b[^>]*>)[^<]*(</\2>)"
)
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_LINKS = ("/hyperlink",)
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp")
_THUMBNAILS = re.compile(r"^(docProps|Thumbnails)/.*\.(png|jpe?g|wmf|emf)$", re.IGNORECASE)


def copy(source: Path, target: Path, kind: Kind) -> None:
    try:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                if member.is_dir() or (_THUMBNAILS.match(member.filename)):
                    continue
                clean = zipfile.ZipInfo(member.filename)  # 1980, nobody: the archive tells of people too
                stored = kind.family is Family.OPEN_DOCUMENT and member.filename == "mimetype"
                clean.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                new.writestr(clean, _part(old, member.filename))
    except (zipfile.BadZipFile, EOFError, ElementTree.ParseError) as problem:
        raise Refused(Why.BROKEN) from problem


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if name in _ANONYMOUS:
        return _ANONYMOUS[name].encode()
    lower = name.lower()
    if lower.endswith(".rels"):
        return _relations(archive, name)
    if lower.endswith(".xml"):
        text = read_part(archive, name)
        if _AUTHORED.search(name):
            text = _AUTHORS.sub(r'\1""', text)
        return _CREATORS.sub(r"\1\3", _CHANGES.sub(r'\1""', text)).encode()
    if lower.endswith(_PICTURES):
        return without_metadata(archive.read(name))
    return archive.read(name)


def _relations(archive: zipfile.ZipFile, name: str) -> bytes:
    """What the document would fetch from elsewhere when it opens goes; links that a person follows stay."""
    root = ElementTree.fromstring(read_part(archive, name).encode())  # noqa: S314  # no document type: examined before
    gone_thumbnails = [
        one for one in root.iter(_RELATION) if _THUMBNAILS.match(one.get("Target", "").lstrip("/"))
    ]
    fetched = [
        one
        for one in root.iter(_RELATION)
        if one.get("TargetMode") == "External" and not one.get("Type", "").endswith(_LINKS)
    ]
    for one in {*gone_thumbnails, *fetched}:
        root.remove(one)
    cleaned: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return cleaned


# --- its words -----------------------------------------------------------------------------------------

_READ = re.compile(
    r"(word/(document|header\d*|footer\d*|footnotes|endnotes|comments)|xl/(sharedStrings|worksheets/sheet\d+)"
    r"|ppt/(slides|notesSlides)/[^/]+|content|styles)\.xml$"
)
_WORDS = {Family.OFFICE: frozenset({"t"}), Family.OPEN_DOCUMENT: frozenset({"p", "h"})}
_LINES = frozenset({"p", "h", "si", "row", "br", "line-break", "tab"})
_HREF = "{http://www.w3.org/1999/xlink}href"


class _Words:
    """Takes the words of one part as it is parsed, a line for each paragraph; `addresses` are where its links lead."""

    def __init__(self, within: frozenset[str]) -> None:
        self.within, self.depth = within, 0
        self.found: list[str] = []
        self.addresses: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name in _LINES:
            self.found.append("\n")
        self.depth += name in self.within
        if name == "a" and attributes.get(_HREF):
            self.addresses.append(attributes[_HREF])

    def end(self, tag: str) -> None:
        self.depth -= tag.rpartition("}")[2] in self.within

    def data(self, text: str) -> None:
        if self.depth:
            self.found.append(text)

    @property
    def lines(self) -> list[str]:
        """Without those that are empty."""
        return [line for line in map(str.strip, "".join(self.found).split("\n")) if line]


def text_of(source: Path, kind: Kind) -> str:
    """What can be read of it, and the addresses behind its links at the end: for search, and for who cannot open it."""
    lines: list[str] = []
    addresses: list[str] = []
    try:
        with zipfile.ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".rels"):
                    addresses += _linked(archive, name)
                elif _READ.match(name):
                    words = _Words(_WORDS[kind.family])
                    parser = ElementTree.XMLParser(target=words)  # noqa: S314  # no document type: examined before
                    parser.feed(read_part(archive, name).encode())
                    parser.close()
                    lines += words.lines
                    addresses += words.addresses
    except (zipfile.BadZipFile, EOFError, ElementTree.ParseError) as problem:
        raise Refused(Why.BROKEN) from problem
    return "\n".join([*lines, *dict.fromkeys(addresses)])


def _linked(archive: zipfile.ZipFile, name: str) -> list[str]:
    root = ElementTree.fromstring(read_part(archive, name).encode())  # noqa: S314  # no document type: examined before
    return [
        one.get("Target", "")
        for one in root.iter(_RELATION)
        if one.get("TargetMode") == "External" and one.get("Type", "").endswith(_LINKS)
    ]
