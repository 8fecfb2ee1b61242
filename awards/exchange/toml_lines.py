"""Where in a TOML text each key stands. The standard parser gives values without their lines."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]


class Lines:
    """Line numbers by place: keys, and positions in arrays of tables; inside a value, the value's line."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {(): 1}
        counts: dict[Place, int] = {}
        table: Place = ()
        for number, statement in _statements(text):
            if statement.startswith("[["):
                table = self._resolve(_keys(statement[2 : statement.index("]]")]), counts, element=True)
            elif statement.startswith("["):
                table = self._resolve(_keys(statement[1 : statement.index("]")]), counts)
            else:
                here = table
                for key in _keys(statement.partition("=")[0]):
                    here = (*here, key)
                    self._lines.setdefault(here, number)
                continue
            for end in range(1, len(table) + 1):
                self._lines.setdefault(table[:end], number)

    def of(self, place: Place, short: Mapping[str, str] | None = None) -> int:
        """The line of the nearest known place at or above this one; `short` are other names for a key."""
        while place not in self._lines:
            other = (short or {}).get(str(place[-1]))
            if other and (*place[:-1], other) in self._lines:
                return self._lines[*place[:-1], other]
            place = place[:-1]
        return self._lines[place]

    def _resolve(self, keys: list[str], counts: dict[Place, int], *, element: bool = False) -> Place:
        here: Place = ()
        for key in keys[:-1]:
            here = (*here, key)
            if here in counts:
                here = (*here, counts[here] - 1)
        here = (*here, keys[-1])
        if element:
            counts[here] = counts.get(here, 0) + 1
            return (*here, counts[here] - 1)
        return here


def _keys(dotted: str) -> list[str]:
    """The parts of a dotted key, quoted ones included: the parser knows them best."""
    found: list[str] = []
    tree: Any = tomllib.loads(f"{dotted.strip()} = 0")
    while isinstance(tree, dict):
        key, tree = next(iter(tree.items()))
        found.append(key)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each header and each key with its value, which may go over several lines."""
    position, line, end = 0, 1, len(text)
    while position < end:
        if text[position] in " \t\r":
            position += 1
            continue
        if text[position] == "\n":
            position, line = position + 1, line + 1
            continue
        if text[position] == "#":
            position = _line_end(text, position)
            continue
        start, first, depth = position, line, 0
        header = text[position] == "["
        while position < end:
            letter = text[position]
            if letter == "\n":
                if depth <= 0 or header:
                    break
                line += 1
                position += 1
            elif letter == "#":
                position = _line_end(text, position)
            elif letter in "\"'":
                stop = _string_end(text, position)
                line += text.count("\n", position, stop)
                position = stop
            else:
                depth += (letter in "[{") - (letter in "]}")
                position += 1
        yield first, text[start:position]


def _line_end(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found


def _string_end(text: str, position: int) -> int:
    quote = text[position]
    long = text.startswith(quote * 3, position)
    mark = quote * 3 if long else quote
    at = position + len(mark)
    while at < len(text):
        if quote == '"' and text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            at += len(mark)
            # A long string may end in one or two quotes of its own.
            while long and at < len(text) and text[at] == quote:
                at += 1
            return at
        else:
            at += 1
    return len(text)
