"""Reading certificates with what they certify and what is published of the same entry now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.audit.actions import Action
from awards.errors import NotFound
from awards.publication.certificates import CertificateKind, heading, stands
from awards.publication.queries import ROWS, SEEN, WinnerRow, visible_rows, winner_row
from awards.publication.tables import Certificate, Publication


class Certified(Struct, frozen=True):
    """`row` is what was published when it was made, `now` what is published of the same entry at this instant."""

    kind: CertificateKind
    code: str
    made_at: datetime
    number: int
    visible_at: datetime
    programme_name: str
    edition_id: int
    row: WinnerRow
    now: WinnerRow | None

    @property
    def stands(self) -> bool:
        return stands(self.row, self.kind, self.now)

    @property
    def path(self) -> str:
        return f"/check/{self.code}"

    @property
    def heading(self) -> str:
        return heading(self.row, self.kind)


# Made after the instant; asked all the same, as every public query does.
_OUT = "p.visible_at <= {} AND p.withdrawn_at IS NULL"
_FOUND = (
    "SELECT c.kind AS certificate_kind, c.check_code, c.created_at AS made_at, p.number, p.visible_at,"  # noqa: S608  # only texts of ours
    " g.name AS programme_name, p.edition AS edition_id, "
    + ROWS.removeprefix("SELECT ").replace(
        " FROM published_entry w", " FROM certificate c JOIN published_entry w ON w.id = c.published_entry"
    )
    + _OUT
)
_OWN = (
    "certificate_kind",
    "check_code",
    "made_at",
    "number",
    "visible_at",
    "programme_name",
    "edition_id",
)


async def certificate_by(code: str, now: datetime) -> Certified:
    """By its code alone: whoever holds the paper may ask."""
    rows = await Certificate.raw(_FOUND + " AND c.check_code = {}", now, code)
    if not rows:
        raise NotFound
    return (await _certified(rows, now))[0]


async def certificates_of(edition_id: int, now: datetime) -> list[Certified]:
    """All that were made of an edition, in the order of publication."""
    order = " AND p.edition = {} ORDER BY p.number, w.id"
    return await _certified(await Certificate.raw(_FOUND + order, now, edition_id), now)


async def certificates_for(entry_id: int, now: datetime) -> list[Certified]:
    """Those of one entry that stand."""
    rows = await Certificate.raw(_FOUND + " AND w.entry = {} ORDER BY p.number, w.id", now, entry_id)
    return [one for one in await _certified(rows, now) if one.stands]


async def _certified(rows: Sequence[dict[str, Any]], now: datetime) -> list[Certified]:
    if not rows:
        return []
    editions = ", ".join(sorted({str(int(row["edition_id"])) for row in rows}))
    newest = await Publication.raw(
        f"SELECT p.id FROM publication p WHERE p.edition IN ({editions}) AND {SEEN}",  # noqa: S608  # our own numbers
        now,
        now,
    )
    published = {
        (one.edition_path, one.slug): one
        for one in await visible_rows(now, [int(row["id"]) for row in newest])
    }
    found = []
    for row in rows:
        own = {name: row.pop(name) for name in _OWN}
        certified = winner_row(row)
        found.append(
            Certified(
                kind=CertificateKind(own["certificate_kind"]),
                code=own["check_code"],
                made_at=own["made_at"],
                number=own["number"],
                visible_at=own["visible_at"],
                programme_name=own["programme_name"],
                edition_id=own["edition_id"],
                row=certified,
                now=published.get((certified.edition_path, certified.slug)),
            )
        )
    return found


class Uncertified(Struct, frozen=True):
    publication_id: int
    edition_id: int
    number: int


async def uncertified(now: datetime) -> list[Uncertified]:
    """Publications that are out and were not looked at yet: the trail says of which certificates were made."""
    rows = await Publication.raw(
        "SELECT p.id AS publication_id, p.edition AS edition_id, p.number FROM publication p"  # noqa: S608  # our own words
        f" WHERE {SEEN} AND p.kind <> 'archive' AND NOT EXISTS (SELECT 1 FROM event v"
        "  WHERE v.subject_kind = 'publication' AND v.subject_id = p.id AND v.action = {}) ORDER BY p.id",
        now, now, Action.CERTIFICATES_MADE.value,
    )  # fmt: skip
    return [Uncertified(**row) for row in rows]
