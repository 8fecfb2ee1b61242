"""What the secretariat types in place of the parts of a version: each field is named as its part."""

from collections.abc import Mapping

from msgspec import Struct

from awards.entries.redacting import TITLE
from awards.web.fields import Fields


class RedactVersion(Struct, frozen=True):
    """`seen` is what stood when the form was drawn."""

    seen: str
    texts: Mapping[str, str]


def redaction_of(fields: Fields) -> RedactVersion:
    texts = {name: fields[name] for name in fields if name == TITLE or name.startswith(("answer.", "alt."))}
    return RedactVersion(fields.get("seen", ""), texts)
