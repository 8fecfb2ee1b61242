"""A list of judges from a spreadsheet: rows read, then every row compared with who and what is known."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode

from awards.accounts.rules import fold as folded_address
from awards.cities.countries import code_of
from awards.cities.regions import COUNTRIES
from awards.cities.rules import fold
from awards.errors import AwardsError
from awards.exchange.ranking.headers import Faults, find_columns
from awards.exchange.ranking.tables import Bounds, plain, read_table
from awards.exchange.rows import BadFolder
from awards.panels.forms import ListedJudge
from awards.panels.queries.known import Known
from awards.web.fields import BadInput, clean
from awards.web.forms import parse
from awards.web.frame import FormErrors
from awards.web.i18n import _
from awards.web.words import listing

LARGEST_FILE = 512 * 1024
# What the preview keeps in its form: it comes back with the second step.
LARGEST_TEXT = 1024 * 1024
MOST_ROWS = 500
BOUNDS = Bounds(rows=5000, columns=60, unpacked=16 * 1024 * 1024)
LIKE = 0.86
_LEVEL = re.compile(r"(?P<name>.*[^\s:=-])(?:\s+|\s*[:=]\s*)(?P<level>[0-5])")

# The first name of each is what a cell is filed under.
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("name", "full name", "judge"),
    ("email", "e-mail", "mail", "e-mail address", "email address", "address"),
    ("country",),
    ("nationality", "another nationality"),
    ("city", "home city"),
    ("organisation", "organization", "employer", "employer or organisation", "affiliation"),
    ("languages", "language"),
    ("biography", "bio"),
    ("expertise", "fields"),
    ("nominated by", "nominated_by"),
)
NEEDED, OPTIONAL = COLUMNS[:2], COLUMNS[2:]


class BadList(AwardsError):
    """A file that is no list of judges at all."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Row(Struct, frozen=True):
    line: int
    cells: Mapping[str, str]


class Listed(Struct, frozen=True):
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


class Line(Struct, frozen=True):
    """One row as it would be stored; with problems it is left out."""

    line: int
    name: str
    email: str
    known: bool
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    judge: ListedJudge | None = None


def read_list(name: str, content: bytes) -> Listed:
    """Raises `BadList`. Takes its time over a workbook: call it off the event loop."""
    if len(content) > LARGEST_FILE:
        raise BadList([_("The file is larger than %(most)d KiB. Part it.", most=LARGEST_FILE // 1024)])
    try:
        table = read_table(name, content, [alias for names in COLUMNS for alias in names], BOUNDS)
        faults = Faults(table)
        header = {plain(cell) for cell in table.header}
        present = [next((one for one in names if one in header), "") for names in OPTIONAL]
        places, ignored = find_columns(table, NEEDED, [one for one in present if one], faults)
        numbered = [
            pair for pair in enumerate(chain.from_iterable(table.chunks())) if any(map(str.strip, pair[1]))
        ]
    except BadFolder as problem:
        raise BadList([_told(one.line, one.reason) for one in problem.problems]) from None
    filed = {alias: names[0] for names in COLUMNS for alias in names}
    lines = table.lines({number for number, _cells in numbered})
    rows, width = [], len(table.header)
    for number, given in numbered:
        # Rows that cannot be laid out under the header are told of, not dropped.
        if any(map(str.strip, given[width:])):
            faults.row(number, f"there are {len(given)} cells under {width} columns")
            continue
        cells = {
            filed[column]: given[place].strip() for column, place in places.items() if place < len(given)
        }
        try:
            rows.append(Row(lines[number], {column: clean(text) for column, text in cells.items() if text}))
        except BadInput:
            raise BadList(
                [_told(lines[number], _("A cell holds characters that cannot be stored"))]
            ) from None
    if faults.found:
        raise BadList([_told(lines[row], reason) for row, reason in faults.found])
    if not rows:
        raise BadList([_("There are no rows under the header.")])
    if len(rows) > MOST_ROWS:
        raise BadList([_("A list has %(most)d rows at most. Part it.", most=MOST_ROWS)])
    if len(kept(rows).encode()) > LARGEST_TEXT:
        raise BadList([_("The list holds too much text. Part it.")])
    return Listed(tuple(rows), ignored)


def _told(line: int, reason: str) -> str:
    return _("line %(line)d: %(text)s", line=line, text=reason) if line else reason


def kept(rows: Sequence[Row]) -> str:
    """The rows as the preview's form keeps them. They are a person's own text and are checked again in full."""
    return json.dumps([[row.line, dict(row.cells)] for row in rows], ensure_ascii=False)


def kept_rows(text: str) -> tuple[Row, ...]:
    """Raises `BadInput` where this is nothing that a preview of ours kept."""
    try:
        found = decode(text, type=list[tuple[int, dict[str, str]]])
        rows = tuple(Row(line, {name: clean(cell) for name, cell in cells.items()}) for line, cells in found)
    except (DecodeError, ValidationError, UnicodeError) as problem:
        raise BadInput("The form has lost the list that it was drawn from.") from problem
    if not 0 < len(rows) <= MOST_ROWS or any(not 0 <= row.line < 10**7 for row in rows):
        raise BadInput("The form has lost the list that it was drawn from.")
    return rows


# --- rows compared ----------------------------------------------------------------------------------------


def compare(rows: Iterable[Row], known: Known) -> tuple[Line, ...]:
    """Every row with all that is wrong with it, and what somebody should look at."""
    listed: list[Line] = []
    first: dict[str, int] = {}
    names = [(_key(one.name), one.name, one.address) for one in known.people.values() if one.in_pool]
    for row in rows:
        line = _line(row, known, first)
        if line.judge is not None and not line.known:
            line = _with_alike(line, names)
        if line.email:
            first.setdefault(folded_address(line.email), row.line)
            names.append((_key(line.name), line.name, line.email))
        listed.append(line)
    return tuple(listed)


def _line(row: Row, known: Known, first: Mapping[str, int]) -> Line:
    cell = row.cells.get
    email, name = cell("email", ""), cell("name", "")
    person = known.people.get(folded_address(email)) if email else None
    problems: list[str] = []
    notes: list[str] = []
    if (before := first.get(folded_address(email))) is not None and email:
        problems.append(_("The same address stands on line %(line)d", line=before))
    values = {
        "name": name,
        "email": email,
        "country": _country(cell("country", ""), problems),
        "nationality": _country(cell("nationality", ""), problems),
        "city": "".join(map(str, _city(cell("city", ""), known, problems))),
        "organisation": cell("organisation", ""),
        "languages": cell("languages", ""),
        "biography": cell("biography", ""),
        "levels": _levels(cell("expertise", ""), known, problems),
        "nominated_by": tuple(
            city for one in _parts(cell("nominated by", "")) for city in _city(one, known, problems)
        ),
    }
    command = parse(ListedJudge, values)
    if isinstance(command, FormErrors):
        problems += command.values()
    if not cell("country") and (person is None or not person.has_home):
        problems.append(_("Enter the judge's country; conflicts are found by it"))
    if person is not None and name and fold(person.name) != fold(name):
        notes.append(_("Known as %(name)s; that name stays", name=person.name))
    if person is not None and not person.in_pool:
        notes.append(_("Has an account already and joins the pool"))
    if person is not None and person.acts_for:
        notes.append(_("Acts for %(cities)s, so does not judge its entries", cities=listing(person.acts_for)))
    good = not problems and isinstance(command, ListedJudge)
    return Line(
        line=row.line,
        name=name,
        email=email,
        known=person is not None and person.in_pool,
        problems=tuple(dict.fromkeys(problems)),
        notes=tuple(notes),
        judge=command if good and isinstance(command, ListedJudge) else None,
    )


def _country(text: str, problems: list[str]) -> str:
    """Two letters, or the name in English."""
    if not text:
        return ""
    code = text.upper() if len(text) == 2 else code_of(text)
    if code not in COUNTRIES:
        problems.append(_("“%(country)s” is no country that is known here", country=text[:60]))
        return ""
    return code


def _city(text: str, known: Known, problems: list[str]) -> tuple[int, ...]:
    if not text:
        return ()
    found = known.cities.get(fold(text), ())
    if len(found) > 1:
        problems.append(_("There are several cities called “%(city)s”: choose one by hand", city=text[:60]))
        return ()
    if not found:
        problems.append(_("“%(city)s” is no city on record", city=text[:60]))
    return found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


def _levels(text: str, known: Known, problems: list[str]) -> tuple[tuple[int, int], ...]:
    """“Mobility 4; open-data: 2”: fields by name or code, each with a level from 0 to 5."""
    fields = {fold(name): number for number, _code, name in known.fields}
    fields |= {fold(code): number for number, code, _name in known.fields}
    found: dict[int, int] = {}
    for part in _parts(text.replace(",", ";")):
        read = _LEVEL.fullmatch(part)
        if read is None:
            problems.append(_("“%(part)s” should be a field and a level from 0 to 5", part=part[:60]))
        elif (number := fields.get(fold(read["name"]))) is None:
            problems.append(_("“%(field)s” is no field of this programme", field=read["name"][:60]))
        else:
            found[number] = int(read["level"])
    return tuple(found.items())


def _key(name: str) -> str:
    """Family name first or last, with or without accents."""
    return " ".join(sorted(fold(name).split()))


def _with_alike(line: Line, names: Sequence[tuple[str, str, str]]) -> Line:
    own = _key(line.name)
    matcher = SequenceMatcher(None, "", own, autojunk=False)
    for key, name, address in names:
        matcher.set_seq1(key)
        if key == own or (
            matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE and matcher.ratio() >= LIKE
        ):
            note = _("Much like %(name)s, %(address)s: are they one person?", name=name, address=address)
            return Line(
                line.line, line.name, line.email, line.known, line.problems, (*line.notes, note), line.judge
            )
    return line
