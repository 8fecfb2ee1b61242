"""Winners of past editions as two plain files: facts with their sources, gaps left open.

editions.csv   programme, programme_name, edition, name, year, applications, winners, ceremony, source_url
winners.csv    programme, edition, category, prize, project_title, city, country, source_url
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from awards.exchange.rows import BadFolder, Reader

EDITIONS, WINNERS = "editions.csv", "winners.csv"


@dataclass(frozen=True, slots=True)
class ArchivedEdition:
    programme: str
    programme_name: str
    slug: str
    name: str
    year: int
    applications: int | None
    winners: int | None
    ceremony: str
    source_url: str


@dataclass(frozen=True, slots=True)
class ArchivedWinner:
    programme: str
    edition: str
    category: str
    prize: str
    title: str
    city: str
    country: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Archive:
    editions: tuple[ArchivedEdition, ...]
    winners: tuple[ArchivedWinner, ...]


def is_archive(root: Path) -> bool:
    return (root / EDITIONS).is_file() and (root / WINNERS).is_file()


def read_archive(root: Path) -> Archive:
    """Both files, or BadFolder with every bad row."""
    reader = Reader(root)
    editions = _editions(reader)
    winners = []
    columns = ("programme", "edition", "category", "prize", "project_title", "city", "country", "source_url")
    for line, row in reader.rows(WINNERS, *columns, may_be_empty=columns[2:7]):
        if (row["programme"], row["edition"]) not in editions:
            reader.say(WINNERS, line, f"edition {row['programme']} {row['edition']} is not in {EDITIONS}")
        elif not _is_link(row["source_url"]):
            reader.say(WINNERS, line, f"source_url {row['source_url']} is not a link")
        else:
            winners.append(ArchivedWinner(*(row[column] for column in columns)))
    if reader.problems:
        raise BadFolder(reader.problems)
    return Archive(tuple(editions.values()), tuple(winners))


def _editions(reader: Reader) -> dict[tuple[str, str], ArchivedEdition]:
    found: dict[tuple[str, str], ArchivedEdition] = {}
    needed = ("programme", "programme_name", "edition", "name", "year", "source_url")
    maybe = ("applications", "winners", "ceremony")
    for line, row in reader.rows(EDITIONS, *needed, *maybe, may_be_empty=maybe):
        numbers = {name: row[name] for name in ("year", "applications", "winners")}
        wrong = [name for name, text in numbers.items() if text and not (text.isascii() and text.isdigit())]
        if wrong:
            reader.say(EDITIONS, line, f"{', '.join(wrong)} must be a whole number")
        elif (row["programme"], row["edition"]) in found:
            reader.say(EDITIONS, line, f"edition {row['programme']} {row['edition']} stands twice")
        elif not _is_link(row["source_url"]):
            reader.say(EDITIONS, line, f"source_url {row['source_url']} is not a link")
        else:
            found[row["programme"], row["edition"]] = ArchivedEdition(
                programme=row["programme"],
                programme_name=row["programme_name"],
                slug=row["edition"],
                name=row["name"],
                year=int(row["year"]),
                applications=int(row["applications"]) if row["applications"] else None,
                winners=int(row["winners"]) if row["winners"] else None,
                ceremony=row["ceremony"],
                source_url=row["source_url"],
            )
    return found


def _is_link(text: str) -> bool:
    return urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).netloc)
