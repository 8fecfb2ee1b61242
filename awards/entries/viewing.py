"""What is shown of one file: the copies that were made of it, ten pages at a time, and the text that stands in them."""

from collections.abc import Sequence

from msgspec import Struct

from awards.entries.attaching import copy_ending, is_picture, kind_in_words
from awards.errors import NotFound
from awards.files.queries import CopyRow, FileRow
from awards.files.store import Missing, Store

PAGES_AT_ONCE = 10
# Of the text of one page: a picture of it stands above, and the copy has all.
LONGEST_TEXT = 20_000
# Of the text of all pages, in bytes: what a PDF of 300 pages holds, and not more.
MOST_TEXT = 8 * 1024 * 1024


class ViewedPage(Struct, frozen=True):
    number: int
    width: int
    height: int
    text: str


class ViewedFile(Struct, frozen=True):
    """`base` is the address under which its parts stand; `title` is the name, or a number where no name is shown."""

    title: str
    kind: str
    alt: str
    state: str
    is_picture: bool
    base: str
    size: int
    """Of the copy."""
    width: int
    height: int
    pages: int
    shown: tuple[ViewedPage, ...]
    before: int
    """The first of the ten pages before these, or 0."""
    after: int
    """The first of the next ten, or 0."""
    original: str = ""
    """Address of the original, for those who may have it."""


async def viewed(
    file: FileRow, store: Store, *, title: str, alt: str, base: str, first: int = 1, original: str = ""
) -> ViewedFile:
    """Raises NotFound for a page that is none. The caller has asked who may see it."""
    made = {(one.kind, one.number): one for one in file.copies}
    judge = made.get(("judge", 0))
    count = file.pages
    if first != 1 and not 1 <= first <= count:
        raise NotFound
    last = min(count, first + PAGES_AT_ONCE - 1)
    texts = await _texts(made.get(("text", 0)), store) if count else ()
    picture = made.get(("page", 1)) or judge
    return ViewedFile(
        title=title,
        kind=kind_in_words(file.ending, count),
        alt=alt,
        state=file.state,
        is_picture=is_picture(file.ending),
        base=base,
        size=judge.size if judge else 0,
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
        pages=count,
        shown=tuple(
            ViewedPage(
                number,
                made["page", number].width,
                made["page", number].height,
                texts[number - 1][:LONGEST_TEXT] if number <= len(texts) else "",
            )
            for number in range(first, last + 1)
        ),
        before=max(1, first - PAGES_AT_ONCE) if first > 1 else 0,
        after=last + 1 if last < count else 0,
        original=original,
    )


async def _texts(copy: CopyRow | None, store: Store) -> Sequence[str]:
    """Page by page. A text that is gone from the store leaves the pictures to be seen."""
    if copy is None:
        return ()
    kept = bytearray()
    try:
        async for piece in store.read(copy.storage_key):
            kept += piece
            if len(kept) > MOST_TEXT:
                break
    except Missing:
        return ()
    return kept[:MOST_TEXT].decode(errors="ignore").split("\f")


def part_of(file: FileRow, part: str) -> CopyRow:
    """copy, thumbnail or page-3: one of the copies that we made, never the original. Raises NotFound."""
    kind, _dash, number = part.partition("-")
    if kind == "page" and number.isascii() and number.isdigit() and len(number) < 5:
        return file.copy("page", int(number))
    if part == "copy":
        return file.copy("judge")
    if part == "thumbnail":
        return file.copy("thumbnail")
    raise NotFound


def saved_as(stem: str, ending: str) -> str:
    """The name under which a copy is saved: without what the original's name may tell."""
    return f"{stem}.{copy_ending(ending)}"
