"""A JPEG without the segments in which cameras and programs keep notes, its pixels untouched."""

_START, _SCAN = 0xD8, 0xDA
_ADOBE = 0xEE  # how its colours are stored: without it they would turn
_JFIF = 0xE0
_COMMENT = 0xFE


def without_segments(data: bytes) -> bytes:
    """What is no JPEG comes back as it went."""
    if data[:2] != bytes((0xFF, _START)):
        return data
    kept = [data[:2]]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == _SCAN:
            kept.append(data[at:])
            return b"".join(kept)
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not (_JFIF < marker < _ADOBE or marker in (0xEF, _COMMENT)):
            kept.append(data[at : at + length])
        at += length
    return data
