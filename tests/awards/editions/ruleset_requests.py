"""A round that is being judged, and two who may change its rules."""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.editions import services
from awards.editions.document import EditionDocument
from awards.editions.forms import AskForRuleset
from awards.editions.queries import document_of, edition_by_id
from awards.editions.queries.rulesets import (
    request_by_number,
)
from awards.outbox.tables import Message
from tests import factories
from tests.factories import AT, DAY, Season
from tests.people import AMINA, CHIARA, EUN_JI, FARID, give, id_of

CLOCK = FixedClock(AT)
NOTE = "Impact counts a little less: the two criteria were announced as equal."
COMMAND = AskForRuleset(reason="The announcement said so.", public_note=NOTE)


@dataclass(frozen=True)
class Judged:
    """An open round with a panel of one, who has begun one sheet of two."""

    of: Season
    asker: Actor
    second: Actor

    async def document(self) -> EditionDocument:
        return await document_of(self.of.edition_id)

    async def ask(self, document: EditionDocument, actor: Actor | None = None, version: int = 0) -> int:
        if not version:
            version = (await edition_by_id(self.of.edition_id)).version
        return await services.ask_for_ruleset(
            edition_id=self.of.edition_id, document=document, version=version, command=COMMAND,
            actor=actor or self.asker, clock=CLOCK,
        )  # fmt: skip

    async def consent(self, number: int, actor: Actor | None = None, sha256: str = "") -> tuple[int, ...]:
        request = await request_by_number(self.of.edition_id, number)
        return await services.consent_to_ruleset(
            edition_id=self.of.edition_id, number=number, sha256=sha256 or request.approval_sha256,
            actor=actor or self.second, clock=CLOCK,
        )  # fmt: skip


async def secretary(member: Any, scope: str, *, proved: bool = True) -> Actor:
    person_id = await give(member, "secretariat", scope)
    grants = frozenset({Grant("secretariat", scope)})
    return Actor(person_id, member.name, grants=grants, proved_at=AT if proved else None)


async def judged_round() -> Judged:
    of = await factories.season(
        state="open", closes=AT - DAY, round_opens=AT - DAY, round_closes=AT + 30 * DAY
    )
    asker, second = await secretary(EUN_JI, of.scope), await secretary(FARID, of.scope)
    city = await factories.entrant("Lindmere")
    await factories.official(await id_of(AMINA), city)
    entries = [await factories.entry(of, city, state="eligible") for _number in range(2)]
    await factories.make_judge(await id_of(CHIARA))
    seat = await factories.seat(of.round_id, await id_of(CHIARA))
    await services.open_round(round_id=of.round_id, version=1, actor=asker, clock=CLOCK)
    sheets = [
        await factories.assignment(await factories.round_entry(of.round_id, entry), seat) for entry in entries
    ]
    await factories.scoresheet(sheets[0], {"impact": 7}, signed=False)
    return Judged(of, asker, second)


def reweighted(document: EditionDocument, **weights: int) -> EditionDocument:
    """The first round with other weights in the category of the factories."""
    part = document.rounds[0]
    criteria = tuple(
        replace(one, weights=(("inclusive", weights[one.code]),)) if one.code in weights else one
        for one in part.criteria
    )
    return replace(document, rounds=(replace(part, criteria=criteria), *document.rounds[1:]))


async def mails() -> list[tuple[str, str]]:
    rows = await Message.select(Message.template, Message.to).order_by(Message.template, Message.to)
    return [(row["template"], row["to"]) for row in rows]
