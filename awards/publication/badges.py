"""A badge for a winner's own pages, and the card that is shown where its page is shared. Pure."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from awards.publication.queries import PublicationRow, WinnerRow
from awards.publication.views import PrizeMark, prize_mark, title_of
from awards.web.i18n import _, current, dir_of, ngettext
from awards.web.printed import language, printed

CARD = "card.typ"
HEIGHT, MARK, PAD = 64, 40, 12
# As wide as a letter is at most in the fonts that stand in for each other: the frame may have air, and cuts nothing off.
LARGE, SMALL = 9.6, 7.6
LONGEST = 44
_INK, _SOFT, _PAPER, _EDGE = "#1f2328", "#4f5a62", "#fdfcf8", "#8c959f"
_TIERS = ("#c79a2b", "#8f969d", "#a5693a")


def badge(row: WinnerRow, programme: str) -> bytes:
    """A picture without script, style, font or address of its own: it can stand on anybody's page."""
    mark = prize_mark(row)
    prize = title_of(row)
    first = _cut(f"{prize}, {row.category}" if row.category else prize)
    second = _cut(row.edition_name)
    text = PAD + MARK + PAD
    width = round(text + max(_width(first, LARGE), _width(second, SMALL)) + PAD)
    parts = (prize, row.category, row.entrant_name or row.title)
    label = f"{programme}: {', '.join(part for part in parts if part)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}"'
        f' role="img" aria-label={quoteattr(label)}><title>{escape(label)}</title>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{HEIGHT - 1}" rx="4" fill="{_PAPER}" stroke="{_EDGE}"/>'
        f'<g transform="translate({PAD} {(HEIGHT - MARK) // 2}) scale({MARK / 24:.4f})">{_shape(mark)}</g>'
        f'<g font-family="system-ui, -apple-system, Segoe UI, Noto Sans, sans-serif" fill="{_INK}">'
        f'<text x="{text}" y="29" font-size="16" font-weight="600">{escape(first)}</text>'
        f'<text x="{text}" y="47" font-size="13" fill="{_SOFT}">{escape(second)}</text></g></svg>'
    ).encode()


def _shape(mark: PrizeMark) -> str:
    """The shapes of the prize marks on pages, with their colours written out."""
    order = min(max(mark.order, 1), 3)
    strokes = {1: "M12 8v8", 2: "M10 8v8M14 8v8", 3: "M8.5 8v8M12 8v8M15.5 8v8"}[order]
    line = f'fill="none" stroke="{_INK}" stroke-width="1.6" stroke-linecap="round"'
    thin = f'fill="none" stroke="{_INK}" stroke-width=".6"'
    if mark.kind == "best":
        return (
            f'<path d="M12 3 21 12 12 21 3 12Z" fill="{_TIERS[order - 1]}"/><path d="M12 .9 23.1 12 12 23.1 .9 12Z" {thin}/>'
            f'<path d="{strokes}" {line}/>'
        )
    if mark.kind == "medal":
        return (
            f'<circle cx="12" cy="12" r="8.5" fill="{_TIERS[order - 1]}"/><circle cx="12" cy="12" r="10.75" {thin}/>'
            f'<path d="{strokes}" {line}/>'
        )
    star = "M12 7.5v9M8.1 9.75l7.8 4.5M15.9 9.75l-7.8 4.5"
    return f'<circle cx="12" cy="12" r="10.75" {thin}/><path d="{star if mark.kind == "mention" else strokes}" {line}/>'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _width(text: str, letter: float) -> float:
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return letter * (len(text) + 0.8 * wide)


def winner_card(row: WinnerRow, programme: str) -> Mapping[str, Any]:
    mark = prize_mark(row)
    return {
        **_around(programme, row.edition_name, row.demo),
        "mark": {"kind": mark.kind, "order": mark.order},
        "kicker": printed(" · ".join(part for part in (title_of(row), row.category) if part)),
        "title": printed(row.entrant_name or row.title),
        "text": printed(row.title if row.entrant_name else ""),
    }


def edition_card(publication: PublicationRow) -> Mapping[str, Any]:
    winners = publication.winners
    return {
        **_around(publication.programme_name, publication.edition_name, publication.demo),
        "mark": {"kind": "none", "order": 0},
        "kicker": printed(_("Results")),
        "title": printed(publication.edition_name),
        "text": printed(ngettext("%(num)d winner", "%(num)d winners", winners) if winners else ""),
    }


def _around(programme: str, edition: str, demo: bool) -> dict[str, Any]:
    return {
        "lang": language(current()) or "en",
        "dir": dir_of(current()),
        "words": {},
        "programme": printed(programme),
        "edition": printed(edition),
        "demo": _("Demonstration") if demo else "",
    }
