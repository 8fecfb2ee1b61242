"""Numbers, dates and tables of indicators: what people type, what is kept, what is still wrong with it. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from awards.entries.saying import Indicator, indicators_of
from awards.web.i18n import _
from judging import canonical_bytes

MOST_INDICATORS = 20
CELLS = Indicator.__struct_fields__

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z", re.ASCII)
# Signs that people of one country or another put between groups of digits, and their minus and decimal signs.
_WRITTEN = str.maketrans({"٬": "", "’": "", "'": "", "_": "", " ": "", "٫": ".", "−": "-", "،": ","})


def ascii_digits(text: str) -> str:
    """Digits of every script as 0 to 9; what is no digit stays."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def number_text(typed: str) -> str:
    """1200 for 1,200 and 1 200; 3.5 for 3,5 and ٣٫٥. What is no number stays as it was typed."""
    text = ascii_digits(typed).translate(_WRITTEN)
    # One point alone is a decimal point, in English and wherever machines write.
    for point, group in ((".", ","), (",", ".")):
        if group not in text or _looks_grouped(text, point, group):
            found = text.replace(group, "").replace(point, ".")
            found = f"0{found}" if found.startswith(".") else found
            if _NUMBER.match(found):
                return found
    return " ".join(typed.split())


def _looks_grouped(text: str, point: str, group: str) -> bool:
    """Whether the sign can only stand between thousands: 1,200 is, and 3,5 and 0,125 are decimals."""
    whole, _point, rest = text.lstrip("-").partition(point)
    first, *groups = whole.split(group)
    return (
        group not in rest and 1 <= len(first) <= 3 and first != "0" and all(len(each) == 3 for each in groups)
    )


def is_number(text: str) -> bool:
    return bool(_NUMBER.match(text))


# --- dates ---------------------------------------------------------------------------------------------


def date_text(year: str, month: str, day: str) -> str:
    """2026-03-09, or the three parts as far as they are typed: a draft may hold half a date."""
    parts = [ascii_digits(part).strip().replace("-", "/") for part in (year, month, day)]
    if not any(parts):
        return ""
    found = _date_of(parts)
    return found.isoformat() if found else "-".join(parts)


def date_parts(value: str) -> tuple[str, str, str]:
    """Year, month and day, each as it stands in its field; what is no date at all stands in the first."""
    parts = value.split("-")
    if len(parts) != 3:
        return value, "", ""
    if _date_of(parts):
        return parts[0], parts[1].lstrip("0"), parts[2].lstrip("0")
    return parts[0], parts[1], parts[2]


def date_problems(value: str) -> dict[str, str]:
    """Part of the date -> sentence; the part is the field where it is mended."""
    parts = date_parts(value)
    names = {"year": _("Enter a year"), "month": _("Enter a month"), "day": _("Enter a day")}
    missing = {name: said for (name, said), part in zip(names.items(), parts, strict=True) if not part}
    if missing:
        return dict(reversed(missing.items()))
    if not _date_of(parts):
        return {"day": _("Enter a real date in figures, such as 27 3 2026")}
    return {}


def _date_of(parts: Sequence[str]) -> date | None:
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


# --- tables of indicators ------------------------------------------------------------------------------


def indicators_text(cells: Sequence[str]) -> str:
    """Canonical JSON of rows of four cells each; rows of which all is empty are left out."""
    rows = []
    for start in range(0, len(cells), len(CELLS)):
        row = dict(zip(CELLS, (" ".join(cell.split()) for cell in cells[start:][: len(CELLS)]), strict=False))
        for name in ("before", "after"):
            row[name] = number_text(row.get(name, ""))
        if any(row.values()):
            rows.append({name: row.get(name, "") for name in CELLS})
    return canonical_bytes(rows).decode() if rows else ""


def indicator_problems(value: str) -> dict[str, str]:
    """ "2.after" -> sentence, for the cell of the third row."""
    rows = indicators_of(value)
    if not rows:
        return {"0.indicator": _("Fill in at least one row of the table")}
    if len(rows) > MOST_INDICATORS:
        return {"0.indicator": _("The table can have %(most)d rows at most", most=MOST_INDICATORS)}
    problems: dict[str, str] = {}
    for number, row in enumerate(rows):
        if not row.indicator:
            problems[f"{number}.indicator"] = _("Row %(number)d: name what was measured", number=number + 1)
        for name, said in _figures(number).items():
            text = getattr(row, name)
            # What was not measured before is honest; what came of it has to be said.
            if not is_number(text) and (text or name == "after"):
                problems[f"{number}.{name}"] = said
    return problems


def _figures(number: int) -> Mapping[str, str]:
    return {
        "before": _("Row %(number)d: enter a number before, such as 1200 or 3.5", number=number + 1),
        "after": _("Row %(number)d: enter a number after, such as 1200 or 3.5", number=number + 1),
    }
