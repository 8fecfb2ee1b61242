"""The CREATE TABLE text that SQLite stores, taken apart so that one thing in it can be changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""\s+|"(?:[^"]|"")*"|'(?:[^']|'')*'|[\w.]+|.""", re.DOTALL)
_CLAUSES = {"PRIMARY", "UNIQUE", "NOT", "NULL", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "CONSTRAINT"}
_TABLE_RULES = {"CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN"}


def units(sql: str) -> list[str]:
    """Words, quoted names, strings and operators; what stands in brackets, nested ones too, is one unit."""
    return list(_units(sql))


def _units(sql: str) -> Iterator[str]:
    depth = start = 0
    for match in _TOKEN.finditer(sql):
        piece = match.group()
        if piece == "(":
            start = start if depth else match.start()
            depth += 1
        elif piece == ")":
            depth -= 1
            if depth == 0:
                yield sql[start : match.end()]
        elif depth == 0 and not piece.isspace():
            yield piece
    if depth:
        raise ValueError(f"unbalanced brackets: {sql}")


def unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def listed(brackets: str) -> list[str]:
    """`(a, b(c, d))` -> `a`, `b(c, d)`."""
    items: list[list[str]] = [[]]
    for unit in _units(brackets[1:-1]):
        if unit == ",":
            items.append([])
        else:
            items[-1].append(unit)
    return [" ".join(item) for item in items]


@dataclass
class ColumnText:
    name: str
    kind: str
    clauses: dict[str, str]

    @classmethod
    def read(cls, sql: str) -> "ColumnText":
        name, *rest = units(sql)
        kind = []
        while rest and rest[0].upper() not in _CLAUSES:
            kind.append(rest.pop(0))
        clauses: dict[str, str] = {}
        while rest:
            length = _clause_length(rest)
            clauses[_keyword(rest)] = " ".join(rest[:length])
            del rest[:length]
        return cls(unquoted(name), " ".join(kind), clauses)

    def __str__(self) -> str:
        return " ".join([quoted(self.name), self.kind, *self.clauses.values()])


def _keyword(rest: list[str]) -> str:
    word = rest[2 if rest[0].upper() == "CONSTRAINT" else 0].upper()
    return "NOT NULL" if word == "NOT" else word


def _clause_length(rest: list[str]) -> int:
    match rest[0].upper():
        case "CONSTRAINT":
            return 2 + _clause_length(rest[2:])
        case "DEFAULT":
            return 3 if rest[1] in ("-", "+") else 2
        case "UNIQUE" | "NULL":
            return 1
        case "REFERENCES":
            return _reference_length(rest)
        case _:
            return 2  # NOT NULL, PRIMARY KEY, CHECK (...), COLLATE name


def _reference_length(rest: list[str]) -> int:
    words = [word.upper() for word in rest]
    length = 3 if len(words) > 2 and words[2].startswith("(") else 2
    while length < len(words):
        match words[length]:
            case "ON":  # ON DELETE SET NULL, ON UPDATE NO ACTION, ON DELETE CASCADE
                length += 4 if words[length + 2] in ("SET", "NO") else 3
            case "DEFERRABLE":
                length += 1
            case "INITIALLY":
                length += 2
            case _:
                break
    return length


@dataclass
class TableText:
    head: str
    columns: list[ColumnText] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    tail: str = ""

    @classmethod
    def read(cls, sql: str) -> "TableText":
        parts = units(sql)
        body = next(index for index, part in enumerate(parts) if part.startswith("("))
        table = cls(" ".join(parts[:body]), tail=" ".join(parts[body + 1 :]))
        for item in listed(parts[body]):
            if units(item)[0].upper() in _TABLE_RULES:
                table.rules.append(item)
            else:
                table.columns.append(ColumnText.read(item))
        return table

    @property
    def name(self) -> str:
        return unquoted(units(self.head)[-1])

    def column(self, name: str) -> ColumnText:
        return next(column for column in self.columns if column.name == name)

    def rule_named(self, name: str) -> str | None:
        return next((rule for rule in self.rules if rule_name(rule) == name), None)

    def __str__(self) -> str:
        inside = ", ".join([*map(str, self.columns), *self.rules])
        return f"{self.head} ({inside}) {self.tail}".rstrip()


def rule_name(rule: str) -> str | None:
    parts = units(rule)
    return unquoted(parts[1]) if parts[0].upper() == "CONSTRAINT" else None


def names_in(sql: str) -> set[str]:
    """Every name and word in it, at any depth."""
    return {unquoted(token) for token in _TOKEN.findall(sql) if not token.startswith("'")}
