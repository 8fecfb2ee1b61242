"""The name under which a file is shown and offered: never the one under which it is stored. Pure."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 120
# Windows opens no file of these names, whatever its ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # Persian spelling and some emoji need them; the other invisible signs only mislead
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')


def shown_name(given: str, ending: str) -> str:
    """The last part of what was given, without what no file system takes or what turns text around."""
    last = re.split(r"[/\\]", given)[-1]
    kept = "".join(
        c for c in unicodedata.normalize("NFC", last) if c in _JOINERS or unicodedata.category(c)[0] != "C"
    )
    stem = kept[: -len(ending) - 1] if kept.lower().endswith(f".{ending}") else kept
    stem = _FORBIDDEN.sub(" ", stem)
    stem = " ".join(stem.split()).strip(". ")
    if _RESERVED.fullmatch(stem):
        stem = f"{stem} file"
    return f"{_cut(stem, LONGEST - len(ending) - 1) or 'file'}.{ending}"


def storable(given: str) -> str:
    """What a database takes of a name: its end, where the ending stands, without NUL and halves of letters."""
    return given.replace("\0", "").encode("utf-8", "ignore").decode()[-300:]


def disposition(name: str) -> str:
    """The header with which a browser saves a file under this name (RFC 6266), in whatever script it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, point, ending = plain.rpartition(".")
    plain = re.sub(r'[^ -~]|["\\%]', "", stem).strip() or "file"
    return f"attachment; filename=\"{plain}{point}{ending}\"; filename*=UTF-8''{quote(name, safe='')}"


def ending_of(name: str) -> str:
    """What stands after the last point, in small letters; nothing where there is none."""
    _stem, point, ending = name.rpartition(".")
    return ending.strip().lower() if point else ""


def _cut(text: str, most: int) -> str:
    """At most so many characters, never in the middle of a letter and its accents."""
    if len(text) <= most:
        return text
    while most and unicodedata.combining(text[most]):
        most -= 1
    return text[:most].rstrip()
