"""Everything that takes two people, each asked for in a season of its own: what tests of all of them are run over."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.editions.approving import Deed
from awards.editions.queries import document_of, edition_by_id
from awards.editions.services import ask_for_ruleset, consent_to_ruleset
from awards.editions.tables import Edition, Prize
from awards.entries.forms_screening import ConfirmExclusion, ScreenEntry
from awards.entries.services import confirm_exclusion, screen_entry
from awards.panels.forms_conflicts import AskOverride, ConsentOverride
from awards.panels.services import ask_override, consent_override
from awards.panels.tables import DeclaredConflict
from awards.publication import services as publication
from awards.publication.forms import AskToPublish, SignPublication
from awards.results import services as results
from awards.results.forms import AskAboutSheet, AskWaiver, ConsentAboutSheet, ConsentWaiver
from awards.results.forms_deliberation import AskToConclude, ConsentToConclude
from awards.results.services import concluding
from awards.results.tables import DeliberationAct
from awards.scoresheets import services as scoresheets
from awards.scoresheets.forms_late import ConsentLate, ProposeLate
from awards.scoresheets.tables import Scoresheet
from tests import factories
from tests.awards.editions.ruleset_requests import COMMAND, judged_round, reweighted
from tests.awards.entries import screenings
from tests.awards.panels import rooms
from tests.awards.publication.published import decided
from tests.awards.results.judged import Judged, judged
from tests.awards.results.meeting import met
from tests.awards.scoresheets.benches import bench
from tests.awards.scoresheets.test_late import hold, late
from tests.factories import AT, Season, add

WHY = "Both of us have read it."


@dataclass(frozen=True, slots=True)
class Scene:
    """`change` alters what the first word was given over; `marks` says whether it moves the marks of the round."""

    season: Season
    entry: int
    ask: Callable[[Actor], Awaitable[Any]]
    consent: Callable[[Actor, int, str], Awaitable[Any]]
    change: Callable[[], Awaitable[Any]]
    marks: bool = True


async def publishing(clock: FixedClock) -> Scene:
    season = await decided(clock)
    edition = season.season.edition_id
    return Scene(
        season.season,
        season.entries[0],
        lambda actor: publication.ask_to_publish(
            command=AskToPublish(edition_id=edition, shows="winners"), actor=actor, clock=clock
        ),
        lambda actor, approval, sha256: publication.sign_publication(
            command=SignPublication(edition_id=edition, approval_id=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        lambda: Prize.update({Prize.name: "Platinum"}).where(Prize.edition == edition),
    )


async def changing_rules(clock: FixedClock) -> Scene:
    made = await judged_round()
    edition = made.of.edition_id

    async def ask(actor: Actor) -> int:
        new = reweighted(await document_of(edition), impact=50, new=50)
        version = (await edition_by_id(edition)).version
        return await ask_for_ruleset(
            edition_id=edition, document=new, version=version, command=COMMAND, actor=actor, clock=clock
        )

    entries = await Edition.raw("SELECT MIN(id) AS id FROM entry WHERE edition = {}", edition)
    return Scene(
        made.of,
        entries[0]["id"],
        ask,
        lambda actor, _approval, sha256: consent_to_ruleset(
            edition_id=edition, number=1, sha256=sha256, actor=actor, clock=clock
        ),
        lambda: Edition.update({Edition.summary: "Other words"}).where(Edition.id == edition),
    )


async def excluding(clock: FixedClock) -> Scene:
    made = await screenings.room(screeners="1")
    given = {"edition_id": made.season.edition_id, "reference": made.reference, "clock": clock}

    async def ask(actor: Actor) -> object:
        command = ScreenEntry(
            version=0, number=1, items=screenings.NO, outcome="ineligible", reason=WHY, finish=True
        )
        return await screen_entry(command=command, actor=actor, **given)

    return Scene(
        made.season,
        made.entry,
        ask,
        lambda actor, approval, sha256: confirm_exclusion(
            command=ConfirmExclusion(approval=approval, sha256=sha256), actor=actor, **given
        ),
        lambda: factories.entry_version(made.entry, number=2),
        marks=False,
    )


async def overriding(clock: FixedClock) -> Scene:
    made = await rooms.room(("KR", "BR"))
    ((person, seat),) = await rooms.judges(made, "KR")
    return Scene(
        made.season,
        made.entries[0],
        lambda actor: ask_override(
            round_id=made.round_id,
            command=AskOverride(seat=seat, entries=made.references[:1], reason=WHY),
            actor=actor,
            clock=clock,
        ),
        lambda actor, approval, sha256: consent_override(
            round_id=made.round_id,
            command=ConsentOverride(approval=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        lambda: declared(made.season, person, made.entries[0]),
    )


async def late_marks(clock: FixedClock, to: str) -> Scene:
    made = await bench()
    await hold(made, clock, late("first", 0, {"impact": 7}))
    round_id = made.season.round_id
    entries = await Edition.raw("SELECT MIN(id) AS id FROM entry WHERE edition = {}", made.season.edition_id)
    return Scene(
        made.season,
        entries[0]["id"],
        lambda actor: scoresheets.propose_late(
            round_id=round_id,
            command=ProposeLate.model_validate({"sheet": made.assignments[0], "to": to, "reason": WHY}),
            actor=actor,
            clock=clock,
        ),
        lambda actor, approval, sha256: scoresheets.consent_late(
            round_id=round_id,
            command=ConsentLate(approval=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        lambda: hold(made, clock, late("second", 1, {"impact": 8})),
    )


async def about_a_sheet(clock: FixedClock, to: str) -> Scene:
    """Of the first entry, by the second judge."""
    season = await judged()
    scene = _sheet(season, clock, "aside")
    if to == "back":
        first, second = [await somebody(season.season, name, clock) for name in ("Clerk", "Other clerk")]
        approval = await scene.ask(first)
        await scene.consent(second, approval, await hash_of(approval))
        scene = _sheet(season, clock, "back")
    return scene


def _sheet(season: Judged, clock: FixedClock, to: str) -> Scene:
    round_id = season.season.round_id
    wish = {"round_id": round_id, "reference": season.references[0], "seat": season.seats[1]}
    return Scene(
        season.season,
        season.entries[0],
        lambda actor: results.ask_about_sheet(
            command=AskAboutSheet.model_validate({**wish, "to": to, "reason": WHY}), actor=actor, clock=clock
        ),
        lambda actor, approval, sha256: results.consent_about_sheet(
            command=ConsentAboutSheet(round_id=round_id, approval=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        lambda: Scoresheet.update({Scoresheet.version: Scoresheet.version + 1}, force=True),
    )


async def waiving(clock: FixedClock) -> Scene:
    """That a sheet of the first entry is begun and not signed."""
    season = await judged()
    round_id = season.season.round_id
    await factories.assignment(season.round_entries[0], season.seats[3], state="started")
    seat = await factories.seat(round_id, await factories.judge(), label="J9")
    return Scene(
        season.season,
        season.entries[0],
        lambda actor: results.ask_waiver(
            command=AskWaiver(round_id=round_id, item=f"unsigned:{season.references[0]}", reason=WHY),
            actor=actor,
            clock=clock,
        ),
        lambda actor, approval, sha256: results.consent_waiver(
            command=ConsentWaiver(round_id=round_id, approval=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        lambda: factories.assignment(season.round_entries[0], seat, state="started"),
    )


async def concluding_a_deliberation(clock: FixedClock) -> Scene:
    made = await met(clock)

    async def ask(actor: Actor) -> int:
        command = AskToConclude(sha256=(await made.meeting()).fingerprint(), statement=WHY)
        return await concluding.ask_to_conclude(place=made.place, command=command, actor=actor, clock=clock)

    async def note() -> None:
        meeting = await made.meeting()
        await add(
            DeliberationAct, deliberation=meeting.id, number=1, kind="note", run=meeting.run_id,
            round_entry=made.season.round_entries[0], reason="One more word", by=made.season.judges[0],
            as_role="chair",
        )  # fmt: skip

    return Scene(
        made.season.season,
        made.season.entries[0],
        ask,
        lambda actor, approval, sha256: concluding.consent_to_conclude(
            place=made.place,
            command=ConsentToConclude(approval=approval, sha256=sha256),
            actor=actor,
            clock=clock,
        ),
        note,
    )


# Each kind of deed has its row: where one is missing, the tests over this table fail.
SCENES: Mapping[Deed, Callable[[FixedClock], Awaitable[Scene]]] = {
    Deed.PUBLISH: publishing,
    Deed.CHANGE_RULES: changing_rules,
    Deed.EXCLUDE: excluding,
    Deed.OVERRIDE: overriding,
    Deed.ACCEPT_LATE: lambda clock: late_marks(clock, "accept"),
    Deed.REFUSE_LATE: lambda clock: late_marks(clock, "refuse"),
    Deed.SET_ASIDE: lambda clock: about_a_sheet(clock, "aside"),
    Deed.RESTORE: lambda clock: about_a_sheet(clock, "back"),
    Deed.WAIVE: waiving,
    Deed.CONCLUDE: concluding_a_deliberation,
}


async def somebody(season: Season, name: str, clock: FixedClock) -> Actor:
    """One of the secretariat, who has typed the password a moment ago."""
    person = await factories.person(name)
    await factories.grant(person, "secretariat", season.scope)
    return acting(season, person, clock)


def acting(season: Season, person: int, clock: FixedClock, *, proved: bool = True) -> Actor:
    grants = frozenset({Grant("secretariat", season.scope)})
    return Actor(person, "Somebody", grants=grants, proved_at=clock.now() if proved else AT - factories.DAY)


async def declared(season: Season, person: int, entry: int) -> int:
    return await add(
        DeclaredConflict, person=person, edition=season.edition_id, entry=entry, code="declared",
        source="judge", reason="I advised this city.",
    )  # fmt: skip


async def hash_of(approval: int) -> str:
    rows = await Edition.raw("SELECT subject_sha256 FROM approval WHERE id = {}", approval)
    return str(rows[0]["subject_sha256"])
