"""What a form sent, as text: one place where odd bytes become a calm 400."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, InternalServerException

KEY = "awards.fields"
MOST_FIELDS = 5000


class BadInput(ClientException):
    """Bytes that no form of ours sends."""


class Fields(Mapping[str, str]):
    """Field name -> the value sent, the last one where a name came twice; `all` gives every one."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._all: dict[str, list[str]] = {}
        for name, value in pairs:
            self._all.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        return self._all[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def all(self, name: str) -> list[str]:
        return list(self._all.get(name, ()))

    def repeated(self) -> set[str]:
        return {name for name, values in self._all.items() if len(values) > 1}


# C0 and C1: nobody sees them, and what reads them later may obey them. NUL is refused, not dropped.
_UNSEEN = dict.fromkeys([*range(1, 0x20), *range(0x7F, 0xA0)])
# What word processors end lines with stays an end of a line.
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n")
_KEPT = _UNSEEN | {ord("\t"): "\t", ord("\n"): "\n"} | _LINE_ENDS


def clean(text: str) -> str:
    """Text that both databases keep: no NUL, no lone surrogate, line ends as one, no unseen controls."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput("The text holds characters that cannot be stored.")
    return text.replace("\r\n", "\n").translate(_KEPT)


async def read_fields(request: Request[Any, Any, Any]) -> Fields:
    """The form of this request; read once, however often it is asked for."""
    known = request.scope["state"].get(KEY)
    if known is not None:
        return cast("Fields", known)
    try:
        if request.content_type[0] == "application/x-www-form-urlencoded":
            found = _urlencoded(await request.body())
        else:
            found = _texts((await request.form()).multi_items())
        pairs = [(clean(name), clean(value)) for name, value in found]
    except (LookupError, ValueError, InternalServerException) as problem:
        # No UTF-8, a charset that nobody knows, parts that are none, a line that broke half way.
        raise BadInput("The form could not be read.") from problem
    fields = Fields(pairs)
    request.scope["state"][KEY] = fields
    return fields


def _urlencoded(body: bytes) -> Iterable[tuple[str, str]]:
    """As Litestar reads it, but bytes that are no UTF-8 are refused instead of stored as question marks."""
    return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)


def _texts(items: Any) -> Iterator[tuple[str, str]]:
    for name, value in items:
        if isinstance(value, str):
            yield name, value
        elif not isinstance(value, UploadFile):
            raise BadInput("The form could not be read.")


def files_of(form: Any, name: str) -> list[UploadFile]:
    return [value for key, value in form.multi_items() if key == name and isinstance(value, UploadFile)]
