"""What is shown of one file: the copies that were made of it, ten pages at a time, and the text that stands in them."""

from collections.abc import Sequence

from msgspec import Struct

from awards.entries.attaching import copy_ending, is_picture, kind_in_words
from awards.errors import NotFound
from awards.files.queries import CopyRow, FileRow
from awards.files.store import Store
from awards.web.downloads import text_of

PAGES_AT_ONCE = 10
# Of the text of one page: a picture of it stands above, and the copy has all.
LONGEST_TEXT = 20_000


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
    text: str = ""
    """Of a document whose pages are not drawn."""


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
    texts = await _texts(made.get(("text", 0)), store)
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
        text="" if count else "\n".join(texts)[:LONGEST_TEXT],
    )


async def _texts(copy: CopyRow | None, store: Store) -> Sequence[str]:
    """Page by page. A text that is gone from the store leaves the pictures to be seen."""
    if copy is None:
        return ()
    try:
        return (await text_of(store, copy)).split("\f")
    except NotFound:
        return ()


def copy_for(file: FileRow, part: str) -> tuple[CopyRow, bool]:
    """One of the copies that we made, never the original; and whether it is saved, not shown inside a page.

    `part` is copy, picture, thumbnail or page-3. Raises NotFound.
    """
    kind, _dash, number = part.partition("-")
    match kind:
        case "page" if number.isascii() and number.isdigit() and len(number) < 5:
            return file.copy("page", int(number)), False
        case "copy" if not number:
            return file.copy("judge"), True
        case "picture" if not number:
            return file.copy("judge"), False
        case "thumbnail" if not number:
            return file.copy("thumbnail"), False
    raise NotFound


def first_of(text: str) -> int:
    """The page that an address asks to begin with; the first where it says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def saved_as(stem: str, ending: str) -> str:
    """The name under which a copy is saved: without what the original's name may tell."""
    return f"{stem}.{copy_ending(ending)}"
