"""Whether a file may be taken, and what judges get of it. Runs apart from the service: see `apart`."""

from pathlib import Path
from typing import Any

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


def make_copies(path: Path, ending: str, folder: Path) -> dict[str, Any]:
    """
    Write what judges open into the folder, and say what is there.

    `judge` is the copy itself; a picture has a `thumbnail` too, a PDF `pages` numbered images and its `text`.
    """
    kind = BY_ENDING[ending]
    if kind.family is Family.PDF:
        judge = folder / "judge.pdf"
        pdfs.copy(path, judge)
        pages = pdfs.page_images(judge, folder)
        (folder / "text.txt").write_text(pdfs.text_of(judge), encoding="utf-8")
        return {"judge": judge.name, "pages": pages, "text": "text.txt"}
    if kind.family is Family.IMAGE:
        images.copy(path, folder / "judge.webp")
        images.thumbnail(path, folder / "thumbnail.webp")
        return {"judge": "judge.webp", "thumbnail": "thumbnail.webp"}
    judge = folder / f"judge.{ending}"
    documents.copy(path, judge, kind)
    return {"judge": judge.name}
