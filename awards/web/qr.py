"""An address as a QR code, by ISO/IEC 18004: bytes, error correction M, up to 84 of them. Pure.

No library that we have draws one, and an address on paper is typed wrongly. Versions 1 to 5 have one size of block or two
equal ones, which is all that an address of ours needs.
"""

from collections.abc import Iterator, Sequence

# Of version 1 to 5 at level M: blocks, data bytes of each, correcting bytes of each.
_BLOCKS = ((1, 16, 10), (1, 28, 16), (1, 44, 26), (2, 32, 18), (2, 43, 24))
_MASK_COUNT = 8
QUIET = 4
_LEVEL_M = 0b00
_PENALTY_RUN, _PENALTY_BOX, _PENALTY_FINDER, _PENALTY_SHARE = 3, 3, 40, 10

Rows = tuple[tuple[bool, ...], ...]


def code(text: str) -> Rows:
    """Dark modules as true, without the quiet zone. Raises ValueError where the text is too long."""
    data = text.encode()
    version = next((n for n, (count, size, _c) in enumerate(_BLOCKS, 1) if len(data) + 2 <= count * size), 0)
    if not version:
        raise ValueError(f"{len(data)} bytes do not fit into a code of ours")
    words = _interleaved(_padded(data, version), version)
    drawn = [_drawn(words, version, mask) for mask in range(_MASK_COUNT)]
    return min(drawn, key=_penalty)


def svg(rows: Rows) -> str:
    """With the quiet zone that readers need around it."""
    size = len(rows) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-QUIET} {-QUIET} {size} {size}">'
        f'<path d="{_path(rows)}" fill="#000"/></svg>'
    )


def _path(rows: Rows) -> str:
    """Each row in runs of dark modules."""
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(parts)


# --- bytes ----------------------------------------------------------------------------------------------


def _padded(data: bytes, version: int) -> bytes:
    count, size, _correcting = _BLOCKS[version - 1]
    bits = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data)
    room = count * size * 8
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    known = bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8))
    filling = bytes((0xEC, 0x11)[n % 2] for n in range(count * size - len(known)))
    return known + filling


def _interleaved(data: bytes, version: int) -> bytes:
    count, size, correcting = _BLOCKS[version - 1]
    blocks = [data[n * size : (n + 1) * size] for n in range(count)]
    checks = [_remainder(block, correcting) for block in blocks]
    mixed = [block[n] for n in range(size) for block in blocks]
    return bytes(mixed + [check[n] for n in range(correcting) for check in checks])


def _product(a: int, b: int) -> int:
    """In the field of 256 elements by x^8 + x^4 + x^3 + x^2 + 1."""
    found = 0
    for bit in range(7, -1, -1):
        found = (found << 1) ^ (0x11D if found & 0x80 else 0)
        found ^= a if b >> bit & 1 else 0
    return found


def _remainder(block: bytes, count: int) -> bytes:
    """Reed and Solomon: what is left of the block by the polynomial whose roots are the first powers of two."""
    divisor, root = [0] * (count - 1) + [1], 1
    for _n in range(count):
        for n in range(count):
            divisor[n] = _product(divisor[n], root) ^ (divisor[n + 1] if n + 1 < count else 0)
        root = _product(root, 2)
    rest = [0] * count
    for byte in block:
        factor = byte ^ rest.pop(0)
        rest.append(0)
        rest = [old ^ _product(one, factor) for old, one in zip(rest, divisor, strict=True)]
    return bytes(rest)


# --- modules --------------------------------------------------------------------------------------------


def _drawn(words: bytes, version: int, mask: int) -> Rows:
    size = 4 * version + 17
    grid: list[list[bool | None]] = [[None] * size for _n in range(size)]
    _frame(grid, version)
    _format(grid, mask)
    bits = (byte >> bit & 1 for byte in words for bit in range(7, -1, -1))
    for x, y in _way(size):
        if grid[y][x] is None:
            grid[y][x] = bool(next(bits, 0)) ^ _masked(mask, x, y)
    return tuple(tuple(bool(cell) for cell in row) for row in grid)


def _frame(grid: list[list[bool | None]], version: int) -> None:
    size = len(grid)
    for n in range(size):
        grid[6][n] = grid[n][6] = n % 2 == 0
    for cx, cy in ((3, 3), (size - 4, 3), (3, size - 4)):
        for y in range(max(cy - 4, 0), min(cy + 5, size)):
            for x in range(max(cx - 4, 0), min(cx + 5, size)):
                grid[y][x] = max(abs(x - cx), abs(y - cy)) not in (2, 4)
    if version > 1:
        at = size - 7
        for y in range(at - 2, at + 3):
            for x in range(at - 2, at + 3):
                grid[y][x] = max(abs(x - at), abs(y - at)) != 1


def _format(grid: list[list[bool | None]], mask: int) -> None:
    """Level and mask, twice, so that one may be torn off."""
    size, data = len(grid), _LEVEL_M << 3 | mask
    rest = data
    for _n in range(10):
        rest = (rest << 1) ^ (0x537 if rest >> 9 else 0)
    said = (data << 10 | rest) ^ 0x5412
    bits = [bool(said >> n & 1) for n in range(15)]
    for n in range(6):
        grid[n][8] = bits[n]
    grid[7][8], grid[8][8], grid[8][7] = bits[6], bits[7], bits[8]
    for n in range(9, 15):
        grid[8][14 - n] = bits[n]
    for n in range(8):
        grid[8][size - 1 - n] = bits[n]
    for n in range(8, 15):
        grid[size - 15 + n][8] = bits[n]
    grid[size - 8][8] = True


def _way(size: int) -> Iterator[tuple[int, int]]:
    """Pairs of columns from the far end, up and down in turn, past the column of the timing pattern."""
    up = True
    for pair in range(size - 1, 0, -2):
        right = pair if pair > 6 else pair - 1
        for n in range(size):
            y = size - 1 - n if up else n
            yield right, y
            yield right - 1, y
        up = not up


def _masked(mask: int, x: int, y: int) -> bool:
    return (
        (x + y) % 2, y % 2, x % 3, (x + y) % 3, (x // 3 + y // 2) % 2, x * y % 2 + x * y % 3,
        (x * y % 2 + x * y % 3) % 2, ((x + y) % 2 + x * y % 3) % 2,
    )[mask] == 0  # fmt: skip


def _penalty(rows: Rows) -> int:
    columns = tuple(zip(*rows, strict=True))
    found = sum(_line_penalty(line) for line in (*rows, *columns))
    size = len(rows)
    for y in range(size - 1):
        for x in range(size - 1):
            if rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1]:
                found += _PENALTY_BOX
    dark = sum(map(sum, rows))
    return found + _PENALTY_SHARE * (abs(20 * dark - 10 * size * size) // (size * size))


def _line_penalty(line: Sequence[bool]) -> int:
    text = "".join("1" if cell else "0" for cell in line)
    runs = [len(run) for sign in "01" for run in text.split("1" if sign == "0" else "0") if len(run) >= 5]
    finders = sum(
        text.startswith(shape, n) for n in range(len(text)) for shape in ("10111010000", "00001011101")
    )
    return sum(_PENALTY_RUN + run - 5 for run in runs) + _PENALTY_FINDER * finders
