"""A competition judged elsewhere, as a folder of plain files, checked whole before anything is kept.

edition.toml   the edition (see `edition_file`), its rounds, criteria, weights, scales and prizes
entries.csv    entry, category, title, entrant, country[, country_label, region, kind]
rounds.csv     round, entry
panels.csv     round, category, judge
judges.csv     judge, name, country[, email] - who has an address here already is that person, whatever others are called
marks.csv      round, entry, judge, criterion, mark (in scale units, as "6.75")
notes.csv      optional: round, entry, judge, words - what the judge says to the entrant once results are public
official.csv   optional: round, entry, criterion, score - what was published, to be compared with
"""

from decimal import Decimal, InvalidOperation
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from pydantic import TypeAdapter, ValidationError

from awards.accounts.rules import fold
from awards.cities.regions import usual_region
from awards.editions.document import EditionDocument
from awards.exchange.edition_file import BadFile, parse
from awards.exchange.rows import BadFolder, Problem, Reader
from awards.scoresheets.rules import LONGEST_NOTE
from awards.web.forms import Address
from judging.scales import Scale

_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


class EntryLine(Struct, frozen=True):
    code: str
    category: str
    title: str
    entrant: str
    country: str
    country_label: str
    region: str
    kind: str


class JudgeLine(Struct, frozen=True):
    code: str
    name: str
    country: str
    email: str = ""


class SheetLine(Struct, frozen=True):
    """All marks of one judge for one entry in one round: criterion -> mark in steps of its scale."""

    round: str
    entry: str
    judge: str
    marks: dict[str, int]
    words: str = ""
    """To the entrant, without a name."""


class OfficialScore(Struct, frozen=True):
    round: str
    entry: str
    criterion: str
    score: Decimal


class Folder(Struct, frozen=True):
    edition: EditionDocument
    entries: tuple[EntryLine, ...]
    judges: tuple[JudgeLine, ...]
    rounds: dict[str, tuple[str, ...]]
    panels: dict[tuple[str, str], tuple[str, ...]]
    sheets: tuple[SheetLine, ...]
    official: tuple[OfficialScore, ...] = ()


def read_folder(root: Path) -> Folder:
    """Everything in the folder, or BadFolder with every bad row: file, line, reason."""
    reader = Reader(root)
    try:
        edition = parse((root / "edition.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFolder([Problem("edition.toml", 0, "the file is missing")]) from None
    except UnicodeDecodeError:
        raise BadFolder([Problem("edition.toml", 0, "the file is not UTF-8 text")]) from None
    except BadFile as bad:
        raise BadFolder([Problem("edition.toml", one.line, one.text) for one in bad.problems]) from bad
    entries = _entries(reader, {category.code for category in edition.categories})
    judges = _judges(reader)
    round_codes = {round_.code for round_ in edition.rounds}
    rounds = _rounds(reader, round_codes, entries)
    panels = _panels(reader, round_codes, {category.code for category in edition.categories}, judges)
    sheets = _sheets(reader, edition, entries, rounds, panels)
    official = _official(reader, edition, entries)
    if reader.problems:
        raise BadFolder(reader.problems)
    return Folder(
        edition,
        tuple(entries.values()),
        tuple(judges.values()),
        {code: tuple(members) for code, members in rounds.items()},
        {key: tuple(members) for key, members in panels.items()},
        sheets,
        official,
    )


def _entries(reader: Reader, categories: set[str]) -> dict[str, EntryLine]:
    found: dict[str, EntryLine] = {}
    name = "entries.csv"
    for line, row in reader.rows(name, "entry", "category", "title", "entrant", "country"):
        code, country = row["entry"], row["country"].upper()
        if code in found:
            reader.say(name, line, f"entry {code} stands twice")
        elif row["category"] not in categories:
            reader.say(name, line, f"category {row['category']} is not in edition.toml")
        elif len(country) != 2 or not country.isalpha() or not country.isascii():
            reader.say(name, line, f"country {row['country']} is not an ISO code of two letters")
        else:
            found[code] = EntryLine(
                code=code,
                category=row["category"],
                title=row["title"],
                entrant=row["entrant"],
                country=country,
                country_label=row.get("country_label", ""),
                region=row.get("region", "") or usual_region(country),
                kind=row.get("kind", "") or "city",
            )
    return found


def _judges(reader: Reader) -> dict[str, JudgeLine]:
    found: dict[str, JudgeLine] = {}
    addresses: set[str] = set()
    for line, row in reader.rows("judges.csv", "judge", "name", "country"):
        country, email = row["country"].upper(), row.get("email", "")
        if row["judge"] in found:
            reader.say("judges.csv", line, f"judge {row['judge']} stands twice")
        elif len(country) != 2 or not country.isalpha() or not country.isascii():
            reader.say("judges.csv", line, f"country {row['country']} is not an ISO code of two letters")
        elif email and not _is_address(email):
            reader.say("judges.csv", line, f"{email} is not an e-mail address")
        elif email and fold(email) in addresses:
            reader.say("judges.csv", line, f"the address {email} stands twice")
        else:
            found[row["judge"]] = JudgeLine(row["judge"], row["name"], country, email)
            addresses.add(fold(email))
    return found


def _is_address(text: str) -> bool:
    try:
        _ADDRESS.validate_python(text)
    except ValidationError:
        return False
    return True


def _rounds(reader: Reader, codes: set[str], entries: dict[str, EntryLine]) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {code: {} for code in codes}
    for line, row in reader.rows("rounds.csv", "round", "entry"):
        if row["round"] not in codes:
            reader.say("rounds.csv", line, f"round {row['round']} is not in edition.toml")
        elif row["entry"] not in entries:
            reader.say("rounds.csv", line, f"entry {row['entry']} is not in entries.csv")
        elif row["entry"] in found[row["round"]]:
            reader.say("rounds.csv", line, f"entry {row['entry']} stands twice in round {row['round']}")
        else:
            found[row["round"]][row["entry"]] = None
    return found


def _panels(
    reader: Reader, rounds: set[str], categories: set[str], judges: dict[str, JudgeLine]
) -> dict[tuple[str, str], dict[str, None]]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for line, row in reader.rows("panels.csv", "round", "category", "judge"):
        panel = found.setdefault((row["round"], row["category"]), {})
        if row["round"] not in rounds:
            reader.say("panels.csv", line, f"round {row['round']} is not in edition.toml")
        elif row["category"] not in categories:
            reader.say("panels.csv", line, f"category {row['category']} is not in edition.toml")
        elif row["judge"] not in judges:
            reader.say("panels.csv", line, f"judge {row['judge']} is not in judges.csv")
        elif row["judge"] in panel:
            reader.say("panels.csv", line, f"judge {row['judge']} stands twice on this panel")
        else:
            panel[row["judge"]] = None
    return found


def _sheets(
    reader: Reader,
    edition: EditionDocument,
    entries: dict[str, EntryLine],
    rounds: dict[str, dict[str, None]],
    panels: dict[tuple[str, str], dict[str, None]],
) -> tuple[SheetLine, ...]:
    scales, judged = scales_of(edition), _judged(edition)
    sheets: dict[tuple[str, str, str], SheetLine] = {}
    name = "marks.csv"
    for line, row in reader.rows(name, "round", "entry", "judge", "criterion", "mark"):
        where = (row["round"], row["entry"], row["judge"])
        entry = entries.get(row["entry"])
        if entry is None or row["entry"] not in rounds.get(row["round"], ()):
            reader.say(name, line, f"entry {row['entry']} is not in round {row['round']} of rounds.csv")
        elif row["judge"] not in panels.get((row["round"], entry.category), ()):
            reader.say(
                name, line, f"judge {row['judge']} is not on the panel of {entry.category} in panels.csv"
            )
        elif (row["round"], row["criterion"], entry.category) not in judged:
            reader.say(name, line, f"criterion {row['criterion']} is not judged in {entry.category}")
        elif row["criterion"] in (sheet := sheets.setdefault(where, SheetLine(*where, {}))).marks:
            reader.say(name, line, f"criterion {row['criterion']} is marked twice on this sheet")
        else:
            try:
                scale = scales[row["round"], row["criterion"]]
                sheet.marks[row["criterion"]] = scale.mark_of(row["mark"])
            except ValueError as problem:
                reader.say(name, line, str(problem))
    return tuple(_with_words(reader, sheets).values())


def _with_words(
    reader: Reader, sheets: dict[tuple[str, str, str], SheetLine]
) -> dict[tuple[str, str, str], SheetLine]:
    name = "notes.csv"
    said: dict[tuple[str, str, str], SheetLine] = {}
    for line, row in reader.rows(name, "round", "entry", "judge", "words", optional=True):
        where = (row["round"], row["entry"], row["judge"])
        if where not in sheets:
            reader.say(name, line, f"judge {row['judge']} has no marks for {row['entry']} in marks.csv")
        elif where in said:
            reader.say(name, line, f"judge {row['judge']} writes to {row['entry']} twice")
        elif len(row["words"]) > LONGEST_NOTE:
            reader.say(name, line, f"the words are longer than {LONGEST_NOTE} characters")
        else:
            said[where] = replace(sheets[where], words=row["words"])
    return {**sheets, **said}


def scales_of(edition: EditionDocument) -> dict[tuple[str, str], Scale]:
    """(round, criterion) -> scale."""
    scales = {scale.code: Scale(scale.origin_milli, scale.step_milli, scale.top) for scale in edition.scales}
    return {
        (round_.code, criterion.code): scales[criterion.scale]
        for round_ in edition.rounds
        for criterion in round_.criteria
    }


def _judged(edition: EditionDocument) -> frozenset[tuple[str, str, str]]:
    """(round, criterion, category) of every cell that is judged."""
    return frozenset(
        (round_.code, criterion.code, category)
        for round_ in edition.rounds
        for criterion in round_.criteria
        for category, _weight in criterion.weights
    )


def _official(
    reader: Reader, edition: EditionDocument, entries: dict[str, EntryLine]
) -> tuple[OfficialScore, ...]:
    found: list[OfficialScore] = []
    name = "official.csv"
    for line, row in reader.rows(name, "round", "entry", "criterion", "score", optional=True):
        if row["entry"] not in entries:
            reader.say(name, line, f"entry {row['entry']} is not in entries.csv")
            continue
        try:
            score = Decimal(row["score"])
            if not score.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            reader.say(name, line, f"score {row['score']} is not a number")
            continue
        found.append(OfficialScore(row["round"], row["entry"], row["criterion"], score))
    return tuple(found)
