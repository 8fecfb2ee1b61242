"""Whether a file may be taken, and what judges get of it. Runs apart from the service: see `apart`."""

from pathlib import Path

from msgspec import Struct

from awards.files import archives, documents, images, pdfs
from awards.files.kinds import BY_ENDING, Family, Kind, Refused, Why
from awards.files.names import ending_of


def kind_of(path: Path, name: str) -> Kind:
    """The kind that the name says and the content proves. Raises Refused."""
    if not path.stat().st_size:
        raise Refused(Why.EMPTY)
    kind = BY_ENDING.get(ending_of(name))
    if kind is None:
        raise Refused(Why.ENDING)
    match kind.family:
        case Family.PDF:
            pdfs.examine(path)
        case Family.IMAGE:
            images.examine(path, kind)
        case Family.OFFICE | Family.OPEN_DOCUMENT:
            archives.examine(path, kind)
    return kind


class Made(Struct, frozen=True):
    """One copy, written as `file` into the folder that was named. Numbers of pages begin with 1."""

    kind: str
    file: str
    media_type: str
    number: int = 0
    width: int = 0
    height: int = 0


def make_copies(path: Path, ending: str, folder: Path) -> list[Made]:
    """
    Write what is shown of it into the folder, and say what is there. Raises Refused.

    `judge` is the whole, without metadata. A picture has a `thumbnail` too; a PDF one of its first page, each
    `page` as a picture, and its `text`; another document its `text`.
    """
    kind = BY_ENDING[ending]
    if kind.family is Family.PDF:
        judge = folder / "judge.pdf"
        addresses = pdfs.copy(path, judge)
        pages = pdfs.page_images(judge, folder)
        (folder / "text.txt").write_text(pdfs.text_of(judge, addresses), encoding="utf-8")
        drawn = [_picture("page", folder / name, number) for number, name in enumerate(pages, 1)]
        images.thumbnail(folder / pages[0], folder / "thumbnail.webp")
        return [
            Made("judge", judge.name, kind.media_type),
            _picture("thumbnail", folder / "thumbnail.webp"),
            *drawn,
            Made("text", "text.txt", "text/plain"),
        ]
    if kind.family is Family.IMAGE:
        images.copy(path, folder / "judge.webp")
        images.thumbnail(path, folder / "thumbnail.webp")
        return [_picture("judge", folder / "judge.webp"), _picture("thumbnail", folder / "thumbnail.webp")]
    judge = folder / f"judge.{ending}"
    documents.copy(path, judge, kind)
    (folder / "text.txt").write_text(documents.text_of(judge, kind), encoding="utf-8")
    return [Made("judge", judge.name, kind.media_type), Made("text", "text.txt", "text/plain")]


def _picture(kind: str, path: Path, number: int = 0) -> Made:
    width, height = images.size_of(path)
    return Made(kind, path.name, "image/webp", number, width, height)
