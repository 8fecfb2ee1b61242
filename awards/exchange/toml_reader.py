"""Reads a parsed TOML table key by key, and remembers everything that is wrong with it and where."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from awards.editions.checks import MOST, Place, Problem, is_zone
from awards.web.i18n import _

LONGEST = 100_000


class Reader:
    """One table. `finish` reports the keys that nobody asked for: a mistyped key never passes in silence."""

    def __init__(self, table: Any, place: Place, problems: list[Problem]) -> None:
        self.place, self.problems = place, problems
        self._asked: set[str] = set()
        self._table: Mapping[str, Any] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict):
            self.wrong("", _("A table is expected here"))

    def wrong(self, key: str, text: str) -> None:
        self.problems.append(Problem((*self.place, key) if key else self.place, text))

    def has(self, key: str) -> bool:
        return key in self._table

    def _take(self, key: str, needed: bool) -> Any:
        self._asked.add(key)
        if needed and key not in self._table:
            self.wrong("", _("“%(key)s” is missing", key=key))
        return self._table.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.wrong(key, _("“%(key)s” must be a text in quotation marks", key=key))
            return default or ""
        return self._clean(key, value)

    def _clean(self, key: str, value: str) -> str:
        if "\x00" in value:
            self.wrong(key, _("The text holds characters that cannot be stored"))
            return ""
        if len(value) > LONGEST:
            self.wrong(key, _("The text can have %(count)d characters at most; shorten it", count=LONGEST))
            return ""
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()

    def whole(self, key: str, default: int | None = None) -> int:
        value = self._take(key, default is None)
        if value is None:
            return default or 0
        if type(value) is not int or not -MOST <= value <= MOST:
            self.wrong(key, _("“%(key)s” must be a whole number", key=key))
            return default or 0
        return value

    def decimal(self, key: str, default: str) -> Decimal:
        value = self._take(key, False)
        if value is None:
            return Decimal(default)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            self.wrong(key, _("“%(key)s” must be a number", key=key))
            return Decimal(default)
        return Decimal(value)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._take(key, False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, _("“%(key)s” must be true or false", key=key))
            return default
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        value = self._take(key, False)
        if value is None:
            return tuple(default)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(key, _("“%(key)s” must be a list of texts", key=key))
            return tuple(default)
        return tuple(self._clean(key, one) for one in value)

    def moment(self, key: str, zone: str) -> datetime:
        """An instant: with its offset as it stands, without one in the zone, if the clocks show it once."""
        value = self._take(key, True)
        fallback = datetime(2000, 1, 1, tzinfo=UTC)
        if value is None:
            return fallback
        if type(value) is date or isinstance(value, time) or not isinstance(value, datetime):
            self.wrong(key, _("“%(key)s” must be a date with a time, such as 2027-04-30T12:00:00", key=key))
            return fallback
        try:
            if value.tzinfo is not None:
                return value.astimezone(UTC)
            return self._local(key, value, zone) or fallback
        except (OverflowError, ValueError):
            self.wrong(key, _("“%(key)s” is no instant that can be stored", key=key))
            return fallback

    def _local(self, key: str, value: datetime, zone: str) -> datetime | None:
        if not is_zone(zone):
            return None  # said where the zone stands
        here = value.replace(tzinfo=ZoneInfo(zone))
        instants = {here.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
        real = [at for at in instants if at.astimezone(here.tzinfo).replace(tzinfo=None) == value]
        if not real:
            self.wrong(key, _("This time does not exist in %(zone)s: the clocks jump over it", zone=zone))
        elif len(real) > 1:
            self.wrong(key, _("This time comes twice in %(zone)s: add the offset, such as +01:00", zone=zone))
        return real[0] if len(real) == 1 else None

    def raw(self, key: str) -> Any:
        return self._take(key, False)

    def table(self, key: str, *, needed: bool = False) -> "Reader":
        value = self._take(key, needed)
        return Reader({} if value is None else value, (*self.place, key), self.problems)

    def tables(self, key: str) -> Iterator["Reader"]:
        value = self._take(key, False)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(key, _("“%(key)s” must be written as [[%(key)s]]", key=key))
            return
        for index, one in enumerate(value):
            yield Reader(one, (*self.place, key, index), self.problems)

    def keys(self) -> list[str]:
        return list(self._table)

    def finish(self) -> None:
        for key in self._table:
            if key not in self._asked:
                self.wrong(key, _("“%(key)s” is not known here", key=key))
