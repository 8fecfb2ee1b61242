"""What an entry would tell judges of a blind round of who entered: in its answers, and in the texts of its files."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from awards.entries.answering import Asked
from awards.entries.naming import Entering, names_in
from awards.entries.queries.answers import AnswerRow
from awards.entries.queries.naming import Naming, TextCopy, naming_of
from awards.entries.queries.own import OwnEntry
from awards.errors import NotFound
from awards.files.store import Away, Store
from awards.web.downloads import text_of
from awards.web.i18n import _

# Copies are never changed: what was found in one is found again without reading it.
_KNOWN: dict[tuple[str, Entering], tuple[str, ...]] = {}
MOST_KNOWN = 10_000


class Shown(Struct, frozen=True):
    """A file that judges get: its number, and the words that describe it."""

    number: int
    name: str
    alt: str


class Telling(Struct, frozen=True):
    """A place that names who entered: an answer, one of its files, or the title (no code)."""

    code: str
    label: str
    file: str
    names: tuple[str, ...]


async def own_tellings(
    entry: OwnEntry, answers: Iterable[AnswerRow], store: Store, *, whole: bool = True
) -> tuple[Telling, ...]:
    """Of a draft as it stands, for its own people; `whole` says that these are all its answers."""
    rows = list(answers)
    return await tellings(
        await naming_of(entry.id),
        store,
        title=entry.title if whole else "",
        answers=[(row.question, row.said.plain) for row in rows],
        files={
            row.question.code: [Shown(one.number, one.name, one.alt) for one in row.files] for row in rows
        },
    )


async def tellings(
    naming: Naming,
    store: Store,
    *,
    title: str,
    answers: Iterable[tuple[Asked, str]],
    files: Mapping[str, Sequence[Shown]],
) -> tuple[Telling, ...]:
    """In the order of the form; nothing where every round tells its judges who entered."""
    if not naming.is_blind:
        return ()
    found = [Telling("", _("Title of the practice"), "", names_in(title, naming.who))]
    for question, value in answers:
        if not question.is_seen(blind=True):
            continue
        found.append(Telling(question.code, question.label, "", names_in(value, naming.who)))
        for file in files.get(question.code, ()):
            names = (*names_in(file.alt, naming.who), *await _in_copy(naming, file.number, store))
            found.append(Telling(question.code, question.label, file.name, tuple(dict.fromkeys(names))))
    return tuple(one for one in found if one.names)


async def _in_copy(naming: Naming, number: int, store: Store) -> tuple[str, ...]:
    copy = naming.texts.get(number)
    if copy is None:
        return ()
    key = (copy.storage_key, naming.who)
    if key not in _KNOWN:
        text = await _text(copy, store)
        if text is None:
            return ()
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = await asyncio.to_thread(names_in, text, naming.who)
    return _KNOWN[key]


async def _text(copy: TextCopy, store: Store) -> str | None:
    """While the store is away nobody is warned, and nobody is kept from their page."""
    try:
        return await text_of(store, copy)
    except (NotFound, Away):
        return None
