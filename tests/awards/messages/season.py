"""One edition with officials, judges and a secretariat, and the steps of a message as verbs."""

from dataclasses import dataclass

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.editions.queries import edition_by_id
from awards.messages import queries, services
from awards.messages.forms import ChooseGroup, SaveTexts, SendMailing
from awards.messages.rules import Group, Text
from awards.messages.services import Outcome
from awards.outbox.tables import Message
from tests import factories
from tests.factories import Season
from tests.people import AMINA, BAO, EUN_JI, INES, id_of

LANGUAGES = ("en",)


async def secretary(season: Season) -> Actor:
    grants = frozenset({Grant("secretariat", season.scope)})
    return Actor(person_id=await id_of(EUN_JI), name=EUN_JI.name, grants=grants)


@dataclass(frozen=True)
class Cast:
    """Amina and Bao act for Lindmere, Inês for Portaleda and Lindmere."""

    season: Season
    lindmere: int
    portaleda: int
    amina: int
    bao: int
    ines: int


async def cast(**more: object) -> Cast:
    season = await factories.season(**more)
    lindmere, portaleda = await factories.entrant("Lindmere"), await factories.entrant("Portaleda")
    amina, bao, ines = [await id_of(member) for member in (AMINA, BAO, INES)]
    await factories.official(amina, lindmere, role="owner")
    await factories.official(bao, lindmere, role="editor")
    await factories.official(ines, lindmere, role="reader")
    await factories.official(ines, portaleda, role="owner")
    return Cast(season, lindmere, portaleda, amina, bao, ines)


async def start(season: Season, clock: FixedClock, group: Group, of: str = "") -> int:
    return await services.start_mailing(
        edition_id=season.edition_id,
        command=ChooseGroup(group=group, of=of or None),
        languages=LANGUAGES,
        actor=await secretary(season),
        clock=clock,
    )


async def write(season: Season, clock: FixedClock, number: int, **texts: tuple[str, str]) -> None:
    mailing = await queries.mailing_of(season.edition_id, number)
    await services.save_texts(
        edition_id=season.edition_id,
        command=SaveTexts(number, mailing.version, {lang: Text(*text) for lang, text in texts.items()}),
        actor=await secretary(season),
        clock=clock,
    )


async def see(season: Season, clock: FixedClock, number: int) -> str:
    await services.see_recipients(
        edition_id=season.edition_id, number=number, actor=await secretary(season), clock=clock
    )
    return (await queries.mailing_of(season.edition_id, number)).seen_sha256


async def send(
    season: Season, clock: FixedClock, number: int, sha256: str = "", *, again: bool = False
) -> Outcome:
    return await services.send_mailing(
        edition_id=season.edition_id,
        number=number,
        command=SendMailing(sha256=sha256 or await see(season, clock, number), again=again),
        actor=await secretary(season),
        clock=clock,
    )


async def stop(season: Season, clock: FixedClock, number: int) -> int:
    return await services.stop_mailing(
        edition_id=season.edition_id, number=number, actor=await secretary(season), clock=clock
    )


async def group(season: Season, clock: FixedClock, which: Group, of: str = "") -> list[str]:
    """Who would be written to now."""
    edition = await edition_by_id(season.edition_id)
    found = await queries.ready_for(
        edition, await queries.of_parts(season.edition_id, which, of), clock.now()
    )
    return [one.name for one in found.written_to]


async def mails() -> list[dict[str, str]]:
    rows = await Message.raw(
        'SELECT "to", state, "values" FROM message WHERE template = \'mailing\' ORDER BY id'
    )
    return [dict(row) for row in rows]
