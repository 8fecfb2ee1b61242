"""Reading CSV files so that every bad row is reported with its file, its line and the reason."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

ENCODING = "utf-8-sig"


class Problem(Struct, frozen=True):
    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class BadFolder(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Reader:
    root: Path
    problems: list[Problem] = field(default_factory=list)

    def rows(
        self, name: str, *columns: str, optional: bool = False, may_be_empty: Collection[str] = ()
    ) -> Iterator[tuple[int, dict[str, str]]]:
        path = self.root / name
        if not path.is_file():
            if not optional:
                self.say(name, 0, "the file is missing")
            return
        try:
            text = path.read_text(encoding=ENCODING)
        except UnicodeDecodeError:
            self.say(name, 0, "the file is not UTF-8 text; save it as “CSV UTF-8”")
            return
        reader = csv.DictReader(text.splitlines())
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            self.say(name, 1, f"the columns {', '.join(missing)} are missing")
            return
        for row in reader:
            cells = {key: (value or "").strip() for key, value in row.items() if key is not None}
            if None in row:
                self.say(name, reader.line_num, "there are more cells than columns")
            elif empty := [column for column in columns if not cells[column] and column not in may_be_empty]:
                self.say(name, reader.line_num, f"{', '.join(empty)} is empty")
            elif any("\x00" in cell for cell in cells.values()):
                self.say(name, reader.line_num, "a cell holds a NUL")
            else:
                yield reader.line_num, cells

    def say(self, file: str, line: int, reason: str) -> None:
        self.problems.append(Problem(file, line, reason))
