"""The template environment, and static files under names that change when they do."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape
from msgspec import Struct

from awards.web import i18n, placeholders, words

STATIC = Path(__file__).resolve().parent.parent / "static"

_MEDIA = {
    ".css": "text/css",  # the framework adds the character set of what is text
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


# A page loads one script: what every page needs, and what its forms do. A slow line pays for each request.
_EVERYWHERE = ("errors.js", "local-time.js", "closing.js")
# What works together shares a block.
_OFFLINE = ("offline-store.js", "offline-queue.js", "offline-words.js", "offline-here.js")
_AUTOSAVE = ("autosave.js", "autosave-begin.js")
_CHECKING = tuple(
    f"pack-{part}.js"
    for part in (
        "exact", "bytes", "reads", "parts", "ratio", "estimates", "order", "deliberation", "prizes", "check", "worker"
    )
)  # fmt: skip
BUNDLES: Mapping[str, tuple[str | tuple[str, ...], ...]] = {
    "page.js": _EVERYWHERE,
    "writing.js": (*_EVERYWHERE, "words.js", _AUTOSAVE, "session.js", "rows.js"),
    "sending.js": (*_EVERYWHERE, "upload.js"),
    "marking.js": (*_EVERYWHERE, "scale.js", "bench.js", _OFFLINE, _AUTOSAVE, "session.js"),
    "keeping.js": (*_EVERYWHERE, _OFFLINE),
    "taking.js": (*_EVERYWHERE, (*_OFFLINE, "offline-pack.js")),
    "building.js": (*_EVERYWHERE, "words.js", "builder.js"),
    "deliberating.js": (*_EVERYWHERE, "news.js"),
    "verifying.js": (*_EVERYWHERE, "verify.js"),
    # What runs beside that page.
    "checking.js": (_CHECKING,),
}


class Assets(Struct, frozen=True):
    """The static folder, read once: URL of each name, and what stands at each URL."""

    urls: Mapping[str, str]
    files: Mapping[str, tuple[bytes, str]]

    def url(self, name: str) -> str:
        try:
            return self.urls[name]
        except KeyError:
            raise LookupError(f"no static file {name!r}") from None


@lru_cache(maxsize=8)
def assets(static: Path = STATIC) -> Assets:
    urls: dict[str, str] = {}
    files: dict[str, tuple[bytes, str]] = {}
    contents = {
        path.relative_to(static).as_posix(): path.read_bytes()
        for path in sorted(static.rglob("*"))
        if path.is_file() and path.suffix in _MEDIA
    }
    for bundle, parts in BUNDLES.items():
        blocks = [(part,) if isinstance(part, str) else part for part in parts]
        if all(name in contents for block in blocks for name in block):
            # Each in a block of its own: no name of one script is another's.
            contents[bundle] = b"".join(
                b"{\n" + b"".join(_spoken(contents[name]) for name in block) + b"}\n" for block in blocks
            )
    for name, written in contents.items():
        content = _REMARK.sub(b"", written) if name.endswith(".css") else written
        stem, _point, ending = name.rpartition(".")
        url = f"/static/{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{ending}"
        urls[name] = url
        files[url] = (content, _MEDIA[f".{ending}"])
    return Assets(urls, files)


# For who reads the source of a style; no string of ours holds such signs.
_REMARK = re.compile(rb"/\*.*?\*/\s*", re.DOTALL)


def _spoken(script: bytes) -> bytes:
    """Without the lines that are for who reads the source: they are a quarter of it."""
    return b"".join(line for line in script.splitlines(keepends=True) if not line.lstrip().startswith(b"//"))


def static_files(static: Path = STATIC) -> Mapping[str, tuple[bytes, str]]:
    """URL path -> (bytes, media type). A name never changes its content: serve as immutable."""
    return assets(static).files


def _is_markup(name: str | None) -> bool:
    """All but the text parts of mails, where O'Brien is written as he is."""
    return name is None or not name.endswith(".txt")


class PageEnvironment(Environment):
    # Given to the environment by its extension.
    install_gettext_callables: Callable[..., None]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """No template has globals of its own, so each reads the shared ones without a chain of maps around them."""
        return super().make_globals(d) if d else self.globals


class Once(dict[str, Markup]):
    """A macro of one argument, drawn once for each value however often a table shows it.

    `{% set sign = tags.sheet_sign | once %}` inside a block, then `{{ sign[state] }}` or `{{ sign.row(states) }}`.
    """

    def __init__(self, macro: Callable[[str], str]) -> None:
        super().__init__()
        self.macro = macro

    def __missing__(self, value: str) -> Markup:
        drawn = self[value] = escape(self.macro(value))
        return drawn

    def row(self, values: Iterable[str]) -> Markup:
        return Markup("".join(map(self.__getitem__, values)))  # noqa: S704  each was escaped when drawn


@lru_cache(maxsize=512)
def drawn(value: Hashable, macro: Callable[[Any], str]) -> Markup:
    """What a macro without a sentence of ours makes of a value: the same entries head a table again and again."""
    return escape(macro(value))


@lru_cache(maxsize=4096)
def _text(catalogue: NullTranslations, message: str) -> Markup:
    return Markup(catalogue.gettext(message) if message else "")  # noqa: S704  our own sentence


@lru_cache(maxsize=4096)
def _sentence(catalogue: NullTranslations, message: str) -> Markup:
    return _text(catalogue, message) % {}


@pass_eval_context
def _gettext(scope: EvalContext, message: str, /, **values: object) -> str:
    """What Jinja's own does in three calls and without a memory; a page asks a hundred times."""
    catalogue = i18n.catalogue(i18n.current())
    if scope.autoescape:
        return _text(catalogue, message) % values if values else _sentence(catalogue, message)
    return i18n.gettext(message) % values


@cache
def environment(templates: Path, static: Path = STATIC, *, reload: bool = False) -> Environment:
    """One for a process: who asks again finds its templates compiled."""
    env = PageEnvironment(
        loader=FileSystemLoader(templates, encoding="utf-8"),
        autoescape=_is_markup,  # everything but plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(
        i18n.gettext, i18n.ngettext_plain, newstyle=True, pgettext=i18n.pgettext, npgettext=i18n.npgettext
    )
    env.globals.update(
        _=_gettext,
        gettext=_gettext,
        asset=assets(static).url,
        dir_of=i18n.dir_of,
    )
    env.filters.update(
        words.FILTERS, once=Once, drawn=drawn, filled=placeholders.filled, linked=placeholders.linked
    )
    return env
