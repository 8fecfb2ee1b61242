"""Pictures: looked at whole before they are taken, and drawn anew for judges, so that nothing but pixels goes on."""

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from awards.files.kinds import Kind, Refused, Why

MOST_PIXELS = 60_000_000
WIDEST = 2_400
THUMBNAIL = 320
FORMATS = ("PNG", "JPEG", "WEBP")
INSIDE = (*FORMATS, "GIF", "TIFF", "BMP")
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError)

# Refused by a count of our own, which asks before a pixel is unpacked.
Image.MAX_IMAGE_PIXELS = None


def examine(path: Path, kind: Kind) -> None:
    try:
        with Image.open(path, formats=[kind.holds]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(Why.TOO_MANY_PIXELS)
            picture.load()
    except UnidentifiedImageError as problem:
        raise Refused(Why.CONTENT) from problem
    except _BROKEN as problem:
        raise Refused(Why.BROKEN) from problem


def copy(source: Path, target: Path) -> None:
    """As a WebP that fits a screen twice over."""
    _redraw(source, target, WIDEST, quality=88)


def thumbnail(source: Path, target: Path) -> None:
    _redraw(source, target, THUMBNAIL, quality=80)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path, formats=FORMATS) as picture:
        return picture.size


def _redraw(source: Path, target: Path, widest: int, *, quality: int) -> None:
    with Image.open(source, formats=FORMATS) as picture:
        _draw(picture, widest).save(target, "WEBP", quality=quality, method=4)


def _draw(picture: Image.Image, widest: int) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.thumbnail((widest, widest))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def without_metadata(data: bytes) -> bytes:
    """A picture inside a document, in its own format and size; what is no picture that we know stays as it is."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=INSIDE) as picture,
        ):
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(Why.TOO_MANY_PIXELS)
            bare = Image.new(picture.mode, picture.size)
            if picture.mode == "P":
                bare.putpalette(picture.getpalette() or [])
            bare.paste(picture)
            kept = {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
            quality = {"quality": 92} if picture.format == "JPEG" else {}
            out = io.BytesIO()
            bare.save(out, picture.format, **kept, **quality)
            return out.getvalue()
    except _BROKEN:
        return data
