"""The records of past editions as they are imported: one line a winner, unknowns left empty. Pure.

Columns: programme (its name), edition, year, category, prize, project_title, city, country, source_url; and where
known country_code, region, edition_name, awarded (how many prizes were given), applications, event.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from awards.cities.countries import code_of
from awards.cities.regions import usual_region
from awards.cities.rules import plain
from awards.editions.checks import RESERVED_CATEGORIES
from awards.errors import Invalid
from awards.publication.document import PublishedRow
from awards.publication.rules import Kind, free_slug, slugify
from awards.web.i18n import _

REQUIRED = (
    "programme",
    "edition",
    "year",
    "category",
    "prize",
    "project_title",
    "city",
    "country",
    "source_url",
)
OPTIONAL = ("country_code", "region", "edition_name", "awarded", "applications", "event")
# How records say that somebody won and nobody knows what.
_UNKNOWN_PRIZE = ("", "winner", "winner (tier not found)", "not recorded", "unknown")


class ArchiveRow(Struct, frozen=True):
    programme: str
    edition: str
    year: int
    category: str
    prize: str
    project_title: str
    city: str
    country: str
    source_url: str
    country_code: str = ""
    region: str = ""
    edition_name: str = ""
    awarded: int | None = None
    applications: int | None = None
    event: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return slugify(self.programme), slugify(self.edition)


def read_rows(lines: Iterable[Mapping[str, str | None]]) -> list[ArchiveRow]:
    """Every line as a row, or Invalid with everything that is wrong: the head is row 1."""
    rows, wrong = [], {}
    for number, line in enumerate(lines, start=2):
        texts = {name: (line.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
        problem = _problem(line, texts)
        if problem:
            wrong[f"row {number}"] = problem
            continue
        rows.append(_row(texts))
    wrong |= _contradictions(rows)
    if wrong:
        raise Invalid(wrong)
    return rows


def _problem(line: Mapping[str, str | None], texts: Mapping[str, str]) -> str:
    missing = [name for name in REQUIRED if name not in line]
    if missing:
        return _("The column %(name)s is missing.", name=missing[0])
    if not slugify(texts["programme"]) or not slugify(texts["edition"]):
        return _("Name the programme and the edition.")
    if not (texts["year"].isascii() and texts["year"].isdigit() and 1900 <= int(texts["year"]) <= 2200):
        return _("“%(year)s” is no year.", year=texts["year"])
    if not texts["city"] and not texts["project_title"]:
        return _("A winner needs a city or a project.")
    for name in ("awarded", "applications"):
        if texts[name] and not (texts[name].isascii() and texts[name].isdigit() and len(texts[name]) < 7):
            return _("“%(value)s” is no count for %(name)s.", value=texts[name], name=name)
    address = urlsplit(texts["source_url"])
    if texts["source_url"] and (address.scheme not in ("http", "https") or not address.netloc):
        return _("“%(address)s” is no web address.", address=texts["source_url"])
    longest = {"source_url": 1000, "country": 120, "category": 120, "region": 60}
    for name, text in texts.items():
        if len(text) > longest.get(name, 300):
            return _("%(name)s is too long.", name=name)
    code = texts["country_code"]
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        return _("“%(code)s” is no country code of two letters.", code=code)
    return ""


def _row(texts: Mapping[str, str]) -> ArchiveRow:
    code = texts["country_code"].upper() or code_of(texts["country"])
    prize = "" if texts["prize"].casefold() in _UNKNOWN_PRIZE else texts["prize"]
    return ArchiveRow(
        programme=texts["programme"],
        edition=texts["edition"],
        year=int(texts["year"]),
        category=texts["category"],
        prize=prize,
        project_title=texts["project_title"],
        city=texts["city"],
        country=texts["country"],
        source_url=texts["source_url"],
        country_code=code,
        region=texts["region"] or usual_region(code),
        edition_name=texts["edition_name"],
        awarded=int(texts["awarded"]) if texts["awarded"] else None,
        applications=int(texts["applications"]) if texts["applications"] else None,
        event=texts["event"],
    )


def _contradictions(rows: Sequence[ArchiveRow]) -> dict[str, str]:
    """An edition has one year, one name and one count of prizes, on every line of it."""
    wrong: dict[str, str] = {}
    for key, own in editions_of(rows).items():
        for name in ("year", "edition_name", "awarded", "applications", "event"):
            if len({getattr(row, name) for row in own} - {None, ""}) > 1:
                wrong["/".join(key)] = _("The lines of this edition differ in %(name)s.", name=name)
    return wrong


def editions_of(rows: Iterable[ArchiveRow]) -> dict[tuple[str, str], list[ArchiveRow]]:
    found: dict[tuple[str, str], list[ArchiveRow]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def figures_of(rows: Sequence[ArchiveRow]) -> dict[str, Any]:
    """What is known of a past edition beside its winners."""

    def first(name: str) -> Any:
        return next((value for row in rows if (value := getattr(row, name)) not in (None, "")), None)

    return {
        "shows": Kind.ARCHIVE.value,
        "lang": "en",
        "categories": {},
        "prizes": [],
        "awarded": first("awarded"),
        "applications": first("applications"),
        "event": first("event") or "",
    }


def published_rows(rows: Sequence[ArchiveRow]) -> tuple[PublishedRow, ...]:
    """The winners of one past edition with lasting addresses, in the order of the records."""
    taken: set[str] = set()
    result = []
    for row in rows:
        name, category = slugify(row.city), category_code(row.category)
        title = slugify(row.project_title)
        wishes = (name, f"{name}-{category}" if name and category else "", title) if name else (title,)
        slug = free_slug(wishes, taken)
        taken.add(slug)
        kind, order = prize_shape(row.prize)
        result.append(
            PublishedRow(
                slug=slug,
                entry_id=None,
                title=row.project_title,
                entrant_name=row.city,
                country=row.country_code,
                country_label=row.country,
                region=row.region,
                category=row.category,
                category_code=category,
                prize=row.prize,
                prize_position=order if row.prize else None,
                rank=None,
                figures={"awards": [{"name": row.prize, "kind": kind, "order": order}]}
                if row.prize
                else {"awards": []},
                source_url=row.source_url,
            )
        )
    return tuple(result)


def category_code(name: str) -> str:
    """Part of the address of its page, and never that of another page of the edition."""
    slug = slugify(name)
    return f"category-{slug}" if slug in RESERVED_CATEGORIES else slug


def prize_shape(name: str) -> tuple[str, int]:
    """The family and the order of a prize by the names that past editions used."""
    said = plain(name)
    for order, word in enumerate(("gold", "silver", "bronze"), start=1):
        if word in said:
            return "medal", order
    for order, words in enumerate((("first",), ("second",), ("third",)), start=1):
        if any(word in said for word in words):
            return "place", order
    if "best" in said:
        return "best", 1
    if "outstanding" in said:
        return "best", 2
    return ("mention", 4) if name else ("unknown", 9)
