"""A message as it would go out at this instant: its recipients, and what their mails have in common."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.queries import EditionRow, milestones_of, rounds_of
from awards.editions.rules import RoundState, is_call_open
from awards.editions.tables import Category
from awards.errors import NotFound
from awards.messages.queries.groups import Of, OfRound, recipients_of
from awards.messages.rules import (
    ROUND_STATES,
    Group,
    Recipient,
    Scope,
    Texts,
    fingerprints,
    is_offered,
    scope_of,
    seal,
    written_to,
)
from awards.messages.wording import Circumstances
from awards.publication.queries import visible_publication
from awards.publication.rules import BY_NAME


class Ready(Struct, frozen=True):
    """`over` is true where the group has come to its end, as drafts do when the call closes."""

    of: Of
    recipients: Sequence[Recipient]
    common: Circumstances
    over: bool

    @property
    def written_to(self) -> list[Recipient]:
        return written_to(self.recipients)

    @property
    def left_out(self) -> list[Recipient]:
        return [one for one in self.recipients if one.left_out is not None]

    def seal(self, texts: Texts) -> str:
        return seal(texts, fingerprints(self.recipients))


class Dates(Struct, frozen=True):
    opens: datetime | None = None
    closes: datetime | None = None
    announcement: datetime | None = None


async def dates_of(edition_id: int) -> Dates:
    at = {row.kind: row.at for row in await milestones_of(edition_id)}
    return Dates(at.get("opens"), at.get("closes"), at.get("announcement"))


async def ready_for(edition: EditionRow, of: Of, now: datetime) -> Ready:
    dates = await dates_of(edition.id) if of.group in (Group.DRAFTS, Group.ENTRANTS) else Dates()
    return Ready(
        of=of,
        recipients=await recipients_of(edition, of, dates.closes, now),
        common=circumstances(edition, of, dates),
        # Winners that nobody may know of yet are not found above.
        over=not is_offered(
            of.group,
            edition=edition.state,
            call_open=is_call_open(edition.state, dates.opens, dates.closes, now),
            rounds=[of.round.state] if of.round else [],
            published=True,
        ),
    )


def circumstances(edition: EditionRow, of: Of, dates: Dates) -> Circumstances:
    links = {
        Group.DRAFTS: "/city",
        Group.ENTRANTS: "/city",
        Group.SCREENERS: f"{edition.desk}/entries",
        Group.WINNERS: edition.path,
        Group.WITHOUT_PRIZE: edition.path,
    }
    bench = f"/bench/{edition.programme}/{edition.slug}/{of.round.code}" if of.round else ""
    return Circumstances(
        group=of.group,
        programme=edition.programme_name,
        edition=edition.name,
        zone=edition.zone,
        announcement=dates.announcement,
        round=of.round.name if of.round else "",
        link=links.get(of.group, bench),
    )


class Offer(Struct, frozen=True):
    """A group that can be written to now, and the parts of the edition that it can be of: code and name."""

    group: Group
    parts: Sequence[tuple[str, str]]


async def offers_of(edition: EditionRow, now: datetime) -> list[Offer]:
    """In the order of the season. What says who won is not among them before it is public."""
    rounds = await rounds_of(edition.id)
    rows = (
        await Category.select(Category.code, Category.name)
        .where(Category.edition == edition.id)
        .order_by(Category.position, Category.id)
    )
    categories = [(row["code"], row["name"]) for row in rows]
    dates = await dates_of(edition.id)
    publication = await visible_publication(edition.id, now)
    published = publication is not None and publication.kind not in BY_NAME
    found = []
    for group in Group:
        if is_offered(
            group,
            edition=edition.state,
            call_open=is_call_open(edition.state, dates.opens, dates.closes, now),
            rounds=[one.state for one in rounds],
            published=published,
        ):
            parts = {
                Scope.EDITION: [],
                Scope.CATEGORY: categories,
                Scope.ROUND: [
                    (one.code, one.name)
                    for one in rounds
                    if one.state in ROUND_STATES.get(group, frozenset(RoundState))
                ],
            }[scope_of(group)]
            found.append(Offer(group, parts))
    return found


async def of_parts(edition_id: int, group: Group, part: str) -> Of:
    """The group with what a form named by its code."""
    if scope_of(group) is Scope.ROUND:
        found = next((one for one in await rounds_of(edition_id) if one.code == part), None)
        if found is None:
            raise NotFound
        return Of(
            group, round=OfRound(found.id, found.code, found.name, found.state, found.opens, found.closes)
        )
    if scope_of(group) is Scope.CATEGORY and part:
        rows = await Category.select(Category.id, Category.name).where(
            (Category.edition == edition_id) & (Category.code == part)
        )
        if not rows:
            raise NotFound
        return Of(group, category_id=rows[0]["id"], category=rows[0]["name"])
    return Of(group)
