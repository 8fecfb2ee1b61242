"""What a certificate says, when it still stands, and its document. Pure."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from awards import ids
from awards.publication.queries import WinnerRow
from awards.publication.views import prize_mark
from awards.web import qr
from awards.web.i18n import _, current, dir_of
from awards.web.printed import language, printed
from awards.web.words import day

TEMPLATE = "certificate.typ"
# 50 random bits in two groups: nobody meets another's certificate by a slip of the finger.
GROUP = 5


class CertificateKind(StrEnum):
    WINNER = "winner"
    FINALIST = "finalist"


class Facts(Struct, frozen=True):
    """All that is printed, and nothing that a later step of the same announcement adds."""

    kind: CertificateKind
    edition_path: str
    slug: str
    entrant_name: str
    country_label: str
    title: str
    category: str
    prizes: tuple[str, ...]


def new_code() -> str:
    letters = "".join(secrets.choice(ids.ALPHABET) for _n in range(2 * GROUP))
    return f"{letters[:GROUP]}-{letters[GROUP:]}"


def typed_code(text: str) -> str:
    """What a person copied from paper, as codes are written: letters that are misread stand for those that are used."""
    letters = re.sub(r"[^0-9A-Z]", "", text[:60].upper()).translate(str.maketrans("OIL", "011"))
    return f"{letters[:GROUP]}-{letters[GROUP:]}" if len(letters) == 2 * GROUP else ""


def facts_of(row: WinnerRow, kind: CertificateKind) -> Facts:
    awards = row.figures.get("awards", ())
    return Facts(
        kind=kind,
        edition_path=row.edition_path,
        slug=row.slug,
        entrant_name=row.entrant_name,
        country_label=row.country_label,
        title=row.title,
        category=row.category,
        prizes=tuple(award["name"] for award in awards) if kind is CertificateKind.WINNER else (),
    )


def kind_of(row: WinnerRow) -> CertificateKind | None:
    """Of rows that two people signed; what was imported from records is certified by those who hold them."""
    if "reference" not in row.figures:
        return None
    if row.prize:
        return CertificateKind.WINNER
    return CertificateKind.FINALIST if row.figures.get("finalist") else None


def stands(certified: WinnerRow, kind: CertificateKind, now: WinnerRow | None) -> bool:
    """Whether what is published now of the same entry says what the certificate says."""
    if now is None:
        return False
    if kind is CertificateKind.FINALIST and not now.figures.get("finalist"):
        return False
    return facts_of(certified, kind) == facts_of(now, kind)


def heading(row: WinnerRow, kind: CertificateKind) -> str:
    return listed(row) if kind is CertificateKind.WINNER else _("Finalist")


def listed(row: WinnerRow) -> str:
    names = [award["name"] for award in row.figures.get("awards", ())]
    return " · ".join(names) or row.prize


def document(
    row: WinnerRow, kind: CertificateKind, *, programme: str, published: datetime, address: str, code: str
) -> Mapping[str, Any]:
    """In the present language: that of the edition, whoever asks for it."""
    mark = prize_mark(row)
    return {
        "lang": language(current()) or "en",
        "dir": dir_of(current()),
        "title": printed(_("Certificate: %(name)s", name=row.entrant_name or row.title)),
        "programme": printed(programme),
        "edition": printed(row.edition_name),
        "heading": printed(heading(row, kind)),
        "category": printed(row.category),
        "entrant": printed(row.entrant_name or row.title),
        "country": printed(row.country_label),
        "practice": printed(row.title if row.entrant_name else ""),
        "mark": {"kind": mark.kind if kind is CertificateKind.WINNER else "finalist", "order": mark.order},
        "address": address,
        "picture": _picture(address),
        "code": code,
        "demo": _("Demonstration: no such prize was given.") if row.demo else "",
        "words": {
            "announced": _("Announced on %(day)s", day=day(published)),
            "awarded": _("is awarded to") if kind is CertificateKind.WINNER else _("is"),
            "picture": _("The address as a picture for telephones"),
            "check": _("Check this certificate at"),
            "incomplete": _(
                "Some letters are boxes here: the machine that made this paper has no font for them. The text in"
                " the service is whole."
            ),
        },
    }


def _picture(address: str) -> str:
    """Empty where the address is too long for a picture of ours: it stands in letters all the same."""
    try:
        return qr.svg(qr.code(address))
    except ValueError:
        return ""
