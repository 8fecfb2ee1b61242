"""Who judges an edition, as far as anybody may know: those who let it by name, the others as a number.

Read from seats and what judges say of themselves. No entry, no assignment and no label is looked at here.
"""

from msgspec import Struct

from awards.editions.document import JURY_SHOWN
from awards.editions.queries import EditionRow
from awards.editions.stored import rules_from
from awards.editions.tables import Edition
from awards.errors import NotFound
from awards.panels.tables import Seat
from awards.publication.queries import PublicationRow
from awards.publication.rules import BY_NAME


class JuryMember(Struct, frozen=True):
    name: str
    country: str
    city: str
    organisation: str
    biography: str
    chair: bool


class Jury(Struct, frozen=True):
    """Named judges by name, and how many more there are."""

    members: tuple[JuryMember, ...]
    others: int


_SHOWN = """
SELECT (SELECT er.value FROM edition_rule er WHERE er.edition = ed.id AND er.code = 'jury_public') AS rule,
 (SELECT COUNT(*) FROM seat s JOIN round r ON r.id = s.round
  WHERE r.edition = ed.id AND s.state = 'accepted') AS seats
FROM edition ed WHERE ed.id = {}
"""


async def jury_is_shown(edition_id: int, publication: PublicationRow | None) -> bool:
    """`publication` is what is visible of the edition now; of one that was only imported nobody knows the jury."""
    if publication is not None and publication.kind == "archive":
        return False
    rows = await Edition.raw(_SHOWN, edition_id)
    if not rows or not rows[0]["seats"]:
        return False
    kept = rows[0]["rule"]
    never, after, _now = JURY_SHOWN
    rule = rules_from({} if kept is None else {"jury_public": kept}).jury_public
    if rule == after:
        return publication is not None and publication.kind not in BY_NAME
    return rule != never


_MEMBERS = """
SELECT p.id, p.name, p.erased_at, s.role, j.biography, j.named_since, a.kind, a.country, a.organisation, en.name AS city
FROM seat s JOIN round r ON r.id = s.round JOIN person p ON p.id = s.person
LEFT JOIN judge j ON j.person = p.id
LEFT JOIN affiliation a ON a.person = p.id AND a."until" IS NULL AND a.kind IN ('home', 'employer')
LEFT JOIN entrant en ON en.id = a.entrant
WHERE r.edition = {} AND s.state = 'accepted' ORDER BY p.id, a.id
"""


async def public_jury(edition: EditionRow, publication: PublicationRow | None) -> Jury:
    """NotFound while nobody may know: then it is not said that there is a jury, nor how many they are."""
    if not await jury_is_shown(edition.id, publication):
        raise NotFound
    members: dict[int, JuryMember] = {}
    others: set[int] = set()
    for row in await Seat.raw(_MEMBERS, edition.id):
        person = row["id"]
        if row["named_since"] is None or row["erased_at"] is not None:
            others.add(person)
            continue
        before = members.get(person)
        home, works = row["kind"] == "home", row["kind"] == "employer"
        members[person] = JuryMember(
            name=row["name"],
            country=(row["country"] if home else "") or (before.country if before else ""),
            city=((row["city"] or "") if home else "") or (before.city if before else ""),
            organisation=((row["organisation"] or row["city"] or "") if works else "")
            or (before.organisation if before else ""),
            biography=row["biography"],
            chair=row["role"] == "chair" or (before.chair if before else False),
        )
    # By name: in the order of seats or persons something of the panel would show.
    named = sorted(members.values(), key=lambda one: (one.name.casefold(), one.name, one.country))
    return Jury(tuple(named), len(others))
