"""The edition file: TOML in, a document out, and back. Loading what `show` wrote changes nothing."""

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.editions import checks
from awards.editions.differences import in_words
from awards.editions.document import EditionDocument, normal
from awards.editions.queries import document_of, edition_by_slugs
from awards.editions.services import apply_document
from awards.editions.touching import Touched
from awards.errors import AwardsError
from awards.exchange.edition_reading import read_edition
from awards.exchange.edition_writing import show
from awards.exchange.toml_lines import Lines
from awards.web.i18n import _

__all__ = ["BadFile", "LoadReport", "Problem", "load", "parse", "show", "show_edition"]

LARGEST = 1_000_000


class Problem(Struct, frozen=True):
    """`line` is 0 for the file as a whole."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("line %(line)d: %(text)s", line=self.line, text=self.text) if self.line else self.text


class BadFile(AwardsError):
    """A file that is no edition: everything that is wrong with it, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: one.line))
        super().__init__("\n".join(map(str, self.problems)))


class LoadReport(Struct, frozen=True):
    """What loading did, or would do; `lines` say it in words and are empty when nothing differs.

    `touched` says what becomes of answers that were given to the form as it was.
    """

    edition_id: int
    programme: str
    slug: str
    created: bool
    lines: tuple[str, ...]
    touched: tuple[Touched, ...] = ()

    @property
    def changed(self) -> bool:
        return self.created or bool(self.lines)


def parse(text: str, *, slug: str = "") -> EditionDocument:
    """The document that the text describes. `slug` puts another one in the place of the edition's own."""
    if len(text) > LARGEST:
        raise BadFile([Problem(1, _("The file is too large to be an edition"))])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as problem:
        raise BadFile([_syntax(text, problem)]) from None
    if slug and isinstance(data.get("edition"), dict):
        data["edition"]["slug"] = slug
    found: list[checks.Problem] = []
    document, prizes = read_edition(data, found)
    own = data.get("question")
    begun = len(document.questions) - (len(own) if isinstance(own, list) else 0)
    # What could not be read has a stand-in in the document: of that nothing more is said.
    unread = {one.place for one in found}
    for one in checks.problems_of(document):
        place = _in_file(one.place, prizes, begun)
        if not any(place[:end] in unread for end in range(1, len(place) + 1)):
            found.append(checks.Problem(place, one.text))
    if found:
        lines = Lines(text)
        seen = dict.fromkeys((lines.of(one.place, {"weights": "weight"}), one.text) for one in found)
        raise BadFile([Problem(line, text) for line, text in seen])
    return normal(document)


def _in_file(place: tuple[str | int, ...], prizes: Sequence[int], begun: int) -> tuple[str | int, ...]:
    """Where a problem of the document stands in the file, which says some things in other words.

    `begun` questions come before those of the file, from the form that it begins with.
    """
    match place:
        case ("question", int(index), *rest) if begun:
            return ("form", "begin_with") if index < begun else ("question", index - begun, *rest)
        case ("prize", int(index), "category"):
            return ("prize", prizes[index], "in")
        case ("prize", int(index), *rest):
            return ("prize", prizes[index], *rest)
    return place


def _syntax(text: str, problem: Exception) -> Problem:
    found = re.search(r"\(at line (\d+), column \d+\)", str(problem))
    line = int(found[1]) if found else text.count("\n") + 1 if "end of document" in str(problem) else 1
    words = re.sub(r" \(at [^)]*\)", "", str(problem))
    return Problem(line, _("This is not TOML: %(problem)s", problem=words))


async def show_edition(programme: str, slug: str) -> str:
    """The file of a stored edition."""
    edition = await edition_by_slugs(programme, slug)
    return show(await document_of(edition.id))


async def load(text: str, *, actor: Actor, clock: Clock, dry_run: bool = False, slug: str = "") -> LoadReport:
    """Create or change the edition that the file names; `BadFile` and `Frozen` leave everything as it was."""
    document = parse(text, slug=slug)
    applied = await apply_document(document=document, actor=actor, clock=clock, dry_run=dry_run)
    return LoadReport(
        edition_id=applied.edition_id,
        programme=document.programme.slug,
        slug=document.slug,
        created=applied.created,
        lines=tuple(in_words(change) for change in applied.changes),
        touched=applied.touched,
    )
