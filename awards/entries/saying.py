"""An answer as it is read: by its own people, by judges, by the public and on paper. Pure."""

import json
from datetime import date
from urllib.parse import urlsplit

from msgspec import Struct

from awards.web.i18n import _
from awards.web.words import day


class Indicator(Struct, frozen=True):
    """What was measured, before and after; all as it was typed."""

    indicator: str
    unit: str
    before: str
    after: str


class Said(Struct, frozen=True):
    """One of: words of the person, words of ours, a list, an address, a table of indicators."""

    text: str = ""
    ours: str = ""
    items: tuple[str, ...] = ()
    address: str = ""
    indicators: tuple[Indicator, ...] = ()

    @property
    def host(self) -> str:
        """Where an address leads to, whatever stands before an @ in it; as machines write it, so that no letter looks
        like another."""
        try:
            found = urlsplit(self.address).hostname or ""
            return found if found.isascii() else found.encode("idna").decode()
        except ValueError:
            return ""

    @property
    def plain(self) -> str:
        """For where only text can stand."""
        if self.indicators:
            return "\n".join(map(_line, self.indicators))
        return self.text or self.ours or self.address or "\n".join(self.items)


def said(kind: str, value: str, unit: str = "") -> Said:
    """Never an error: what a draft holds that is no answer of its kind is read as the words that it is."""
    value = value.strip("\n")
    if not value.strip():
        return Said()
    match kind:
        case "yes or no" if value in ("yes", "no"):
            return Said(ours=_("Yes") if value == "yes" else _("No"))
        case "number" if unit:
            return Said(text=f"{value} {unit}")
        case "several of":
            return Said(items=tuple(value.split("\n")))
        case "date" if (found := _date(value)) is not None:
            return Said(ours=day(found))
        # Only what a browser may open without harm becomes a link.
        case "web address" if value.startswith(("https://", "http://")):
            return Said(address=value)
        case "indicators" if rows := indicators_of(value):
            return Said(indicators=rows)
    return Said(text=value)


def indicators_of(value: str) -> tuple[Indicator, ...]:
    """The rows of a table of indicators; none where the text is no such table."""
    try:
        rows = json.loads(value)
    except ValueError:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return ()
    return tuple(
        Indicator(**{name: str(row.get(name, "")) for name in Indicator.__struct_fields__}) for row in rows
    )


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _line(row: Indicator) -> str:
    name = f"{row.indicator} ({row.unit})" if row.unit else row.indicator
    return _("%(indicator)s: %(before)s before, %(after)s after",
             indicator=name, before=row.before or "–", after=row.after or "–")  # fmt: skip
