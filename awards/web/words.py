"""Dates, numbers and names as people read them, in the language of the present task."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import dates, numbers

from awards.web.i18n import _, available, current, dir_of, locale_of, negotiate, ngettext, of_locale, use

MINUS = "−"
NBSP = "\u00a0"
MILLION = 1_000_000
MINUTE, HOUR, DAY = 60, 3600, 86400


# --- time ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The named zone; UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def iso(at: datetime) -> str:
    """For the `datetime` attribute: 2027-04-30T12:00:00Z."""
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def day(at: date | datetime, zone: str = "UTC") -> str:
    """30 April 2027"""
    if isinstance(at, datetime):
        at = at.astimezone(zone_of(zone)).date()
    return _long_date(at, current())


# A table writes the same days and minutes again and again, and Babel takes its time over each.
@lru_cache(maxsize=4096)
def _long_date(at: date, lang: str) -> str:
    return of_locale(dates.format_date(at, format="long", locale=locale_of(lang)), lang)


@lru_cache(maxsize=4096)
def _time_of_day(at: time, pattern: str, lang: str) -> str:
    return dates.format_time(at, format=pattern, locale=locale_of(lang))


def short_day(at: date | datetime, zone: str = "UTC") -> str:
    """30 April, where the year is known from the page."""
    if isinstance(at, datetime):
        at = at.astimezone(zone_of(zone)).date()
    return of_locale(dates.format_skeleton("MMMMd", at, locale=locale_of(current())), current())


def zone_name(at: datetime, zone: str = "UTC") -> str:
    """UTC, KST, CEST, UTC+4: as short as people of the place write it."""
    name = at.astimezone(zone_of(zone)).tzname() or "UTC"
    if name[0] not in "+-":
        return name
    sign = MINUS if name[0] == "-" else "+"
    hours, minutes = name[1:3].lstrip("0") or "0", name[3:]
    return f"UTC{sign}{hours}{':' + minutes if minutes.strip('0') else ''}"


def hour(at: datetime, zone: str = "UTC", seconds: bool = False) -> str:
    """12:00 UTC, or 14:02:31 UTC."""
    local = at.astimezone(zone_of(zone))
    if seconds:
        text = _time_of_day(local.time().replace(microsecond=0), "HH:mm:ss", current())
    else:
        text = _time_of_day(time(local.hour, local.minute), "HH:mm", current())
    return f"{text}{NBSP}{zone_name(at, zone)}"


def moment_of(at: datetime, now: datetime) -> str:
    """14:02:31 UTC, and with its day where that is another than today's."""
    if at.astimezone(UTC).date() == now.astimezone(UTC).date():
        return hour(at, seconds=True)
    return utc(at, seconds=True)


def hour_there(at: datetime, zone: str) -> str:
    """Beside a time in UTC: 21:00 KST, or 1 May, 08:00 KST where the calendar there shows another day."""
    if at.astimezone(zone_of(zone)).date() == at.astimezone(UTC).date():
        return hour(at, zone)
    return _("%(day)s, %(time)s", day=short_day(at, zone), time=hour(at, zone))


def day_time(at: datetime, zone: str = "UTC", seconds: bool = False) -> str:
    """30 April 2027, 12:00 UTC"""
    return _("%(day)s, %(time)s", day=day(at, zone), time=hour(at, zone, seconds))


def in_mail(at: datetime, zone: str, lang: str, seconds: bool = False) -> tuple[str, str]:
    """In UTC and in the zone, as the mail's reader writes it: who sends it may have another language."""
    with use(negotiate("", lang, available(pseudo=True))):
        return day_time(at, "UTC", seconds), day_time(at, zone, seconds)


def day_in_mail(at: date, lang: str) -> str:
    """As the mail's reader writes it."""
    with use(negotiate("", lang, available(pseudo=True))):
        return day(at)


def utc(at: datetime, seconds: bool = False) -> str:
    return day_time(at, "UTC", seconds)


def month(at: date | datetime) -> str:
    """March 2025"""
    return of_locale(dates.format_skeleton("yMMMM", at, locale=locale_of(current())), current())


def _amount(span: timedelta) -> tuple[str, int]:
    # Rounded down: what is left of a time is never said to be more than it is.
    seconds = int(abs(span).total_seconds())
    if seconds < HOUR:
        return "minute", seconds // MINUTE
    if seconds < 2 * DAY:
        return "hour", seconds // HOUR
    days = seconds // DAY
    if days <= 60:
        return "day", days
    if days < 730:
        return "month", int(days / 30.44)
    return "year", int(days / 365.25)


def in_words(at: datetime, now: datetime) -> str:
    """in 23 days, 3 hours ago"""
    unit, n = _amount(at - now)
    if at > now:
        match unit:
            case "minute" if n == 0:
                return _("in less than a minute")
            case "minute":
                return ngettext("in %(num)d minute", "in %(num)d minutes", n)
            case "hour":
                return ngettext("in %(num)d hour", "in %(num)d hours", n)
            case "day":
                return ngettext("in %(num)d day", "in %(num)d days", n)
            case "month":
                return ngettext("in %(num)d month", "in %(num)d months", n)
            case _other:
                return ngettext("in %(num)d year", "in %(num)d years", n)
    match unit:
        case "minute" if n == 0:
            return _("just now")
        case "minute":
            return ngettext("%(num)d minute ago", "%(num)d minutes ago", n)
        case "hour":
            return ngettext("%(num)d hour ago", "%(num)d hours ago", n)
        case "day":
            return ngettext("%(num)d day ago", "%(num)d days ago", n)
        case "month":
            return ngettext("%(num)d month ago", "%(num)d months ago", n)
        case _other:
            return ngettext("%(num)d year ago", "%(num)d years ago", n)


def said_until(at: datetime, now: datetime) -> datetime:
    """Until when `in_words` says the same of an instant to come: a kept page must not promise time that is gone."""
    step = {"minute": MINUTE, "hour": HOUR}.get(_amount(at - now)[0], DAY)
    return now + (at - now) % timedelta(seconds=step)


def lasting(span: timedelta) -> str:
    """4 days, 36 hours, 24 minutes: a length of time by itself."""
    unit, n = _amount(span)
    match unit:
        case "minute":
            return ngettext("%(num)d minute", "%(num)d minutes", n)
        case "hour":
            return ngettext("%(num)d hour", "%(num)d hours", n)
        case "day":
            return ngettext("%(num)d day", "%(num)d days", n)
        case "month":
            return ngettext("%(num)d month", "%(num)d months", n)
        case _other:
            return ngettext("%(num)d year", "%(num)d years", n)


# --- numbers -------------------------------------------------------------------------------------------


def _decimal(value: Decimal, decimals: int) -> str:
    return _written(value, decimals, current())


# A table writes the same numbers again and again, and Babel takes its time over each.
@lru_cache(maxsize=16_384)
def _written(value: Decimal, decimals: int, lang: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = numbers.format_decimal(abs(value), format=pattern, locale=locale_of(lang))
    return f"{_sign(MINUS)}{text}" if value < 0 else text


def _sign(sign: str) -> str:
    # Between right-to-left words a sign would jump behind its number; the mark keeps it in front.
    return f"\u200e{sign}" if dir_of(current()) == "rtl" else sign


def number(value: int | Decimal, decimals: int = 0) -> str:
    """31,400"""
    return _decimal(_rounded(Decimal(value), decimals), decimals)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    # `+ 0` turns a negative zero into zero: no one writes −0.0.
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN) + 0


def score(millionths: int, decimals: int = 1) -> str:
    """An estimate or a mean, kept in millionths: 79.4"""
    return _decimal(_rounded(Decimal(millionths) / MILLION, decimals), decimals)


def signed(millionths: int, decimals: int = 1) -> str:
    """A difference, kept in millionths: +1.0, −2.0, 0.0"""
    value = _rounded(Decimal(millionths) / MILLION, decimals)
    return f"{_sign('+')}{_decimal(value, decimals)}" if value > 0 else _decimal(value, decimals)


def chance(millionths: int) -> str:
    """A chance from draws, as a count: 77 of 100, under 1 of 100, over 99 of 100."""
    if millionths < MILLION // 100:
        return _("under 1 of 100")
    if millionths > MILLION - MILLION // 100:
        return _("over 99 of 100")
    return _("%(count)s of 100", count=score(100 * millionths, 0))


def percent(millionths: int) -> str:
    """The same for narrow columns: 76 %, <1 %, >99 %."""
    if millionths < MILLION // 100:
        return f"<1{NBSP}%"
    if millionths > MILLION - MILLION // 100:
        return f">99{NBSP}%"
    return f"{score(100 * millionths, 0)}{NBSP}%"


def places(low: int, high: int) -> str:
    """The places an entry may well have: 1 to 3, or 14 where it has only one."""
    return number(low) if low == high else _("%(low)s to %(high)s", low=number(low), high=number(high))


def file_size(size: int) -> str:
    """1.2 MB, 92 KB"""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= scale:
            value = Decimal(size) / scale
            return f"{_decimal(_rounded(value, int(value < 10)), int(value < 10))}{NBSP}{unit}"
    return f"{number(size)}{NBSP}B"


# --- names and texts -----------------------------------------------------------------------------------


def country(code: str, lang: str | None = None) -> str:
    """The country's name in the reader's language; the code itself where nobody knows it."""
    lang = lang or current()
    # QO is free for whoever needs a code of their own; only lists of names file scattered islands under it.
    name = locale_of(lang).territories.get(code.upper()) if code.upper() != "QO" else None
    return of_locale(name, lang) if name else code


def region(name: str) -> str:
    """One of the regions of the world that prizes are spread over; a name that is none of them as it is."""
    known = {
        "Asia": _("Asia"),
        "Africa": _("Africa"),
        "Europe": _("Europe"),
        "Americas": _("Americas"),
        "Middle East": _("Middle East"),
        "Oceania": _("Oceania"),
    }
    return known.get(name, name)


def listing(items: list[str] | tuple[str, ...]) -> str:
    """Lindmere, Port Amaranth and Mbeyani"""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s", first=", ".join(items[:-1]), last=items[-1])


def paragraphs(text: str) -> list[str]:
    """What a person typed, cut where they left an empty line."""
    parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    return [part.strip("\n") for part in parts if part.strip()]


def word_count(text: str) -> int:
    return len(text.split())


FILTERS: Mapping[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        iso, day, short_day, zone_name, hour, moment_of, hour_there, day_time, utc, month, in_words, lasting,
        number, score, signed, chance, percent, places, file_size, country, region, listing, paragraphs, word_count,
    )
}  # fmt: skip
