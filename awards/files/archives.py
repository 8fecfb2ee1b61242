"""Documents that are ZIP archives inside: looked through by their directory, before anything is unpacked."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from awards.files.kinds import Family, Kind, Refused, Why

MOST_MEMBERS = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_RATIO = (
    200  # what real documents reach with empty sheets; an archive made to burst has a thousand and more
)
SMALL = 1024 * 1024  # below this no ratio does harm
# How the library says that it cannot read an archive.
_UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,  # cut short
    ValueError,  # lengths that contradict each other
    KeyError,  # a part that the directory does not have
    RuntimeError,  # encrypted, or packed in a way that it does not know
)
_END = b"PK\x05\x06"
_DIRECTORY_ENTRY = 46  # bytes that every member takes in the directory at least


def examine(path: Path, kind: Kind) -> None:
    """Raises Refused where this is not a plain document of its kind."""
    _small_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _examine(archive, kind)
    except _UNREADABLE as problem:
        raise Refused(Why.BROKEN) from problem


def _small_directory(path: Path) -> None:
    """The directory is read whole by the library, so its size is asked for first."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        raise Refused(Why.CONTENT)
    members = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if members > MOST_MEMBERS or directory > MOST_MEMBERS * 10 * _DIRECTORY_ENTRY:
        raise Refused(Why.UNPACKS_TOO_LARGE)


def _examine(archive: zipfile.ZipFile, kind: Kind) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if kind.holds not in names or len(names) != len(members):
        raise Refused(Why.CONTENT)
    for member in members:
        _plain(member)
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if total > MOST_UNPACKED or (total > SMALL and total > packed * MOST_RATIO):
        raise Refused(Why.UNPACKS_TOO_LARGE)
    if kind.family is Family.OPEN_DOCUMENT:
        _open_document(archive, names, kind)
    else:
        _office(archive, names, kind)
    for _name, text in xml_parts(archive):
        if "<!doctype" in text.lower() or "<!entity" in text.lower():
            raise Refused(Why.ACTIVE)


def _plain(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & 1:
        raise Refused(Why.PROTECTED)
    mode = member.external_attr >> 16
    path = PurePosixPath(member.filename)
    if (mode and stat.S_ISLNK(mode)) or path.is_absolute() or ".." in path.parts or "\\" in member.filename:
        raise Refused(Why.CONTENT)
    if path.suffix.lower() in (".zip", ".jar", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".sh"):
        raise Refused(Why.ACTIVE)


def _office(archive: zipfile.ZipFile, names: set[str], kind: Kind) -> None:
    if any(
        name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name.lower()
        for name in names
    ):
        raise Refused(Why.ACTIVE)
    types = read_part(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else ""
    if "macroenabled" in types.lower():
        raise Refused(Why.ACTIVE)
    if f"/{kind.holds}" not in types and kind.media_type not in types:
        raise Refused(Why.CONTENT)


def _open_document(archive: zipfile.ZipFile, names: set[str], kind: Kind) -> None:
    if (
        "mimetype" not in names
        or archive.read("mimetype")[:200].decode("ascii", "replace").strip() != kind.media_type
    ):
        raise Refused(Why.CONTENT)
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Refused(Why.ACTIVE)
    if "META-INF/manifest.xml" in names and "encryption-data" in read_part(archive, "META-INF/manifest.xml"):
        raise Refused(Why.PROTECTED)


def xml_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels")):
            yield member.filename, read_part(archive, member.filename)


def read_part(archive: zipfile.ZipFile, name: str) -> str:
    """XML as text, in whichever Unicode encoding its first bytes announce."""
    data = archive.read(name)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        return data.decode("utf-16-le" if data[0] else "utf-16-be", "replace")
    return data.decode("utf-8", "replace")
