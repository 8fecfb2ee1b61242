"""Who is told of another ruleset: the secretariat of a request, and everybody whose rules have changed."""

from collections.abc import Mapping
from datetime import datetime

from awards.actor import Actor
from awards.editions.document import EditionDocument
from awards.editions.forms import AskForRuleset
from awards.editions.queries import EditionRow
from awards.editions.queries.rulesets import Reader, RequestRow, judges_of, officials_of, secretariat_of
from awards.editions.rulesets import Affected
from awards.outbox.services import enqueue


async def tell_of_request(
    edition: EditionRow, number: int, actor: Actor, command: AskForRuleset, now: datetime
) -> None:
    values = {"asker": actor.name, "reason": command.reason, "note": command.public_note}
    for reader in await secretariat_of(edition.programme_id, edition.id, now):
        if reader.person_id != actor.person_id:
            await _send("ruleset-asked", edition, number, reader, _desk(edition, number), values, now)


async def tell_of_decline(
    edition: EditionRow, request: RequestRow, answer: str, actor: Actor, now: datetime
) -> None:
    values = {"by": actor.name, "answer": answer}
    for reader in await secretariat_of(edition.programme_id, edition.id, now):
        if reader.person_id == request.asked_by:
            link = _desk(edition, request.number)
            await _send("ruleset-declined", edition, request.number, reader, link, values, now)


async def tell_of_change(
    edition: EditionRow,
    request: RequestRow,
    of: Affected,
    document: EditionDocument,
    actor: Actor,
    now: datetime,
) -> None:
    number, note = request.number, {"note": request.public_note}
    both = {**note, "asker": request.asker, "giver": actor.name}
    for reader in await secretariat_of(edition.programme_id, edition.id, now):
        if reader.person_id != actor.person_id:
            await _send("ruleset-changed", edition, number, reader, _desk(edition, number), both, now)
    names = {part.code: part.name for part in document.rounds}
    if of.rounds:
        for code, readers in (await judges_of(edition.id, of.rounds)).items():
            link = f"/bench/{edition.programme}/{edition.slug}/{code}"
            for reader in readers:
                values = {**note, "round": names[code]}
                await _send("ruleset-judge", edition, number, reader, link, values, now, code)
    if of.cities:
        for reader in await officials_of(edition.id, now):
            await _send("ruleset-city", edition, number, reader, edition.path, note, now)


def _desk(edition: EditionRow, number: int) -> str:
    return f"{edition.desk}/rulesets/{number}"


async def _send(
    template: str,
    edition: EditionRow,
    number: int,
    reader: Reader,
    link: str,
    values: Mapping[str, str],
    now: datetime,
    round_code: str = "",
) -> None:
    key = f"{template}:{edition.id}:{number}:{round_code}:{reader.person_id}"
    await enqueue(
        template,
        to=reader.address,
        at=now,
        dedupe_key=key,
        lang=reader.lang,
        values={"name": reader.name, "edition": edition.name, "link": link, **values},
        edition_id=edition.id,
    )
