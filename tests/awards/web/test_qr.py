"""A QR code is what the standard says: by published examples, and read back by the rules from the other end."""

import pytest

from awards.web import qr

ADDRESS = "https://awards.example.org/check/7KQ4M-2XJ8P"


def test_the_correcting_bytes_of_a_published_example() -> None:
    """HELLO WORLD as version 1-M, worked through in the tutorial of thonky.com on QR codes."""
    data = bytes((32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17))
    assert list(qr._remainder(data, 10)) == [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]


# ISO/IEC 18004, annex C: the format words of level M, the mask from 0 to 7, the most significant bit first.
FORMATS = ("101010000010010", "101000100100101", "101111001111100", "101101101001011",
           "100010111111001", "100000011001110", "100111110010111", "100101010100000")  # fmt: skip


def format_of(rows: qr.Rows) -> tuple[str, str]:
    """Both copies, the most significant bit first."""
    size = len(rows)
    one = [rows[n][8] for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [rows[8][n] for n in (7, 5, 4, 3, 2, 1, 0)]
    other = [rows[8][size - 1 - n] for n in range(8)] + [rows[size - 7 + n][8] for n in range(7)]
    first, second = ("".join(str(int(bit)) for bit in reversed(found)) for found in (one, other))
    return first, second


@pytest.mark.parametrize("length", [1, 14, 15, 26, 27, 42, 43, 62, 63, 84])
def test_it_is_read_back(length: int) -> None:
    text = (ADDRESS * 2)[:length]
    rows = qr.code(text)
    first, second = format_of(rows)
    assert first == second
    mask = FORMATS.index(first)
    size, version = len(rows), (len(rows) - 17) // 4
    blank: list[list[bool | None]] = [[None] * size for _n in range(size)]
    qr._frame(blank, version)
    qr._format(blank, mask)
    bits = "".join(
        str(int(rows[y][x] ^ qr._masked(mask, x, y))) for x, y in qr._way(size) if blank[y][x] is None
    )
    words = [int(bits[n : n + 8], 2) for n in range(0, len(bits) - 7, 8)]
    count, each, _correcting = qr._BLOCKS[version - 1]
    data = bytes(words[n * count + block] for block in range(count) for n in range(each))
    assert data[0] >> 4 == 0b0100
    whole = int.from_bytes(data, "big")
    said = (whole >> 8 * len(data) - 12) & 0xFF
    assert said == length
    inside = (whole >> 8 * len(data) - 12 - 8 * length) & (1 << 8 * length) - 1
    assert inside.to_bytes(length, "big").decode() == text


def test_what_is_too_long_is_refused_and_the_picture_is_whole() -> None:
    with pytest.raises(ValueError, match="85 bytes"):
        qr.code("a" * 85)
    drawn = qr.svg(qr.code(ADDRESS))
    assert drawn.startswith("<svg ")
    assert drawn.count("z") == sum(
        1 for row in qr.code(ADDRESS) for n, cell in enumerate(row) if cell and not (n and row[n - 1])
    )
