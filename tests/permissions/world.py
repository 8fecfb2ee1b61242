"""One season at seven moments, with everybody who could want to look at it.

The rows are made directly as far as factories make them true; runs, prizes and publications come from their verbs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from awards import ids
from awards.accounts import sessions
from awards.accounts.tables import Approval, Person, Session, Ticket
from awards.cities.tables import Official
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions import services as editions
from awards.editions.forms import AskForRuleset
from awards.editions.queries import document_of
from awards.editions.tables import Edition, RoleGrant
from awards.outbox.tables import Message
from awards.panels.rules import terms_hash
from awards.panels.tables import Assignment, DeclaredConflict, Recusal, TermsAcceptance
from awards.publication import services as publication
from awards.publication.tables import Certificate, PublishedEntry
from awards.scoresheets.tables import SheetNote
from awards.web import templating
from tests import factories
from tests.factories import AT, DAY, Season, add
from tests.people import (
    AMINA,
    BAO,
    CHIARA,
    DANIYAR,
    EUN_JI,
    FARID,
    GRACE,
    HIROSHI,
    INES,
    LEILA,
    NADIA,
    Member,
    give,
    id_of,
)
from tests.permissions import announcing, deliberations, exceptions, files, heads, messages, papers, secrets
from tests.permissions import results as results_pages
from tests.permissions.asking import VISITOR, Asker
from tests.permissions.canaries import CITATION, COMMENTS, LEFT_OUT, RECUSAL, WINNER

OPENS, CLOSES = AT + DAY, AT + 30 * DAY
ROUND_OPENS, ROUND_CLOSES = AT + 40 * DAY, AT + 60 * DAY
OUT = AT + 90 * DAY

PHASES: Mapping[str, datetime] = {
    "before": AT,
    "open": AT + 10 * DAY,
    "judging": AT + 50 * DAY,
    "closed": ROUND_CLOSES + DAY,
    "embargo": OUT - 5 * DAY,
    "published": OUT + DAY,
    "archived": OUT + 200 * DAY,
}
_ORDER = list(PHASES)

OTHER = Member("Marta Lindqvist", "marta@other-programme.example")
SCREENER = Member("Sofia Almeida", "sofia@secretariat.example")
GONE = Member("Viktor Gone", "viktor@lindmere.example")

# The roles by the name that the table uses, and who plays them.
ROLES: Mapping[str, Member | None] = {
    "visitor": None,
    "disabled": GONE,
    "official": AMINA,
    "colleague": BAO,
    "neighbour": INES,
    "judge": CHIARA,
    "unassigned": LEILA,
    "recused": DANIYAR,
    "secretariat": EUN_JI,
    "programme-secretariat": FARID,
    "other-secretariat": OTHER,
    "screener": SCREENER,
    "auditor": HIROSHI,
    "admin": GRACE,
}

TERMS = "Judge what is written, tell nobody."

CITIES = ("Lindmere", "Portaleda", "Hanbyeol", "Santa Ondina", "Kitamori", "Vallmora")
QUALITY = (9, 8, 7, 5, 4, 3)
SEVERITY = (0, 1, -1, 0, 0)
# Who reads what, by number: Chiara 0, Daniyar 1, Leila 2, two more. Daniyar stepped back from the first entry.
READERS = ((0, 3, 4), (1, 2, 3), (1, 2, 4), (2, 3, 4), (0, 1, 3), (1, 2, 4))


@dataclass
class World:
    season: Season
    phase: str
    now: datetime
    askers: dict[str, Asker] = field(default_factory=dict)
    # What stands in an address in place of a parameter; more exact ones by the route they belong to.
    values: dict[str, str] = field(default_factory=dict)
    values_of: dict[str, dict[str, str]] = field(default_factory=dict)
    cities: list[int] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    queries: dict[str, str] = field(default_factory=dict)
    # What is sent to every POST: fields under the names that the forms of all pages use.
    form: dict[str, str] = field(default_factory=dict)
    # The sheets of the judge of the table: what they say is nobody else's business while the round is open.
    sheets: list[int] = field(default_factory=list)

    @property
    def references(self) -> list[str]:
        return [f"WG{self.season.edition_id}-{number:05d}" for number in range(len(CITIES))]

    def since(self, phase: str) -> bool:
        return _ORDER.index(self.phase) >= _ORDER.index(phase)

    def address(self, route: str) -> str:
        """The route with its parameters filled in."""
        given = {**self.values, **self.values_of.get(route, {})}
        parts = []
        for part in route.split("/"):
            if part.startswith("{"):
                name = part.strip("{}")
                if name not in given:
                    raise LookupError(f"{route}: give {name!r} a value in tests/permissions/world.py")
                part = given[name]
            parts.append(part)
        return "/".join(parts) + self.queries.get(route, "")


async def world(phase: str) -> World:
    early = {"before": ("draft", "draft"), "open": ("open", "draft"), "judging": ("judging", "open")}
    state, round_state = early.get(phase, ("judging", "closed"))
    season = await factories.season(
        state=state, round_state=round_state, opens=OPENS, closes=CLOSES,
        round_opens=ROUND_OPENS, round_closes=ROUND_CLOSES, rules={"city_approval": "yes"},
    )  # fmt: skip
    made = World(season, phase, PHASES[phase])
    made.values = {
        "programme": season.programme, "edition": season.edition, "round": "first", "round_code": "first",
        "category": "inclusive", "question": "summary", "code": "summary", "prize": "gold", "number": "1", "place": "1",
        "reference": "WG26-NONE", "slug": "none", "section": "rules", "to": "judging", "before": "1",
        "after": "1", "name": templating.assets().url("awards.css").removeprefix("/static/"),
        "seat": "0", "person": "0", "table": "judges.csv", "nomination_id": "0", "eyes": "judges",
    }  # fmt: skip
    made.values |= messages.VALUES | files.VALUES | results_pages.VALUES
    made.values_of |= {route: {"code": "evidence"} for route in files.OF_QUESTION}
    made.values_of |= {route: {"code": "first"} for route in deliberations.OF_ROUND}
    made.queries["/desk/{programme}/{edition}/publication/check"] = "?shows=winners&visible_at="
    made.queries["/city/entries/new"] = f"?edition={season.programme}/{season.edition}"
    public = ("/pages", "/desk/pages/{programme}")
    made.values_of |= {pages + "/{slug}": {"slug": "rules"} for pages in public}
    made.values_of |= {route: {"code": "first"} for route in results_pages.OF_ROUND}
    made.values_of |= {
        f"/desk/{{programme}}/{{edition}}/setup/criteria/{{round_code}}/{{code}}{rest}": {"code": code}
        for rest, code in (("", "impact"), ("/up", "new"), ("/remove", "new"))
    }
    for rest in ("", "/up", "/remove"):
        route = f"/desk/{{programme}}/{{edition}}/setup/{{section}}/{{code}}{rest}"
        made.values_of[route] = {"section": "categories", "code": "inclusive"}
    await _roles(made)
    await _cities(made)
    if made.since("open"):
        await _entries(made)
        await _panel(made)
        await _ask_for_ruleset(made)
    if made.since("embargo"):
        await results_pages.with_nothing_asked(_out(made))
    if made.since("open"):
        await secrets.plant(made)
    await _letters(made)
    await messages.begun(season)
    await sign_in(made)
    made.form = await _form(made)
    return made


async def _roles(made: World) -> None:
    scope, programme = made.season.scope, await factories.programme(name="Another programme")
    for member, role, where in (
        (EUN_JI, "secretariat", scope),
        (FARID, "secretariat", f"programme:{made.season.programme_id}"),
        (SCREENER, "screener", scope),
        (HIROSHI, "auditor", scope),
        (OTHER, "secretariat", f"programme:{programme}"),
        (GRACE, "admin", "instance"),
    ):
        await give(member, role, where)


async def _cities(made: World) -> None:
    made.cities = [await factories.entrant(name, country="KR") for name in CITIES]
    lindmere, portaleda, hanbyeol = made.cities[:3]
    await factories.official(await id_of(AMINA), lindmere, role="owner")
    bao = await factories.official(await id_of(BAO), lindmere)
    await factories.official(await id_of(GONE), lindmere)
    await factories.official(await id_of(INES), portaleda, role="owner")
    asking = await add(Official, person=await id_of(NADIA), entrant=lindmere)
    ticket = await _ticket(made, "official", INES)
    invited = await add(Official, person=await id_of(INES), entrant=hanbyeol, ticket=ticket)
    waiting = await factories.entrant("Marlow Bay", country="KR", state="proposed")
    made.values |= {"entrant_id": str(lindmere), "official_id": str(bao)}
    for verb in ("accept", "decline"):
        made.values_of[f"/city/invitations/{{official_id}}/{verb}"] = {"official_id": str(invited)}
    for verb in ("approve", "decline"):
        made.values_of[f"/desk/cities/officials/{{official_id}}/{verb}"] = {"official_id": str(asking)}
        made.values_of[f"/desk/cities/{{entrant_id}}/{verb}"] = {"entrant_id": str(waiting)}


async def _entries(made: World) -> None:
    """Lindmere is still writing while the call is open."""
    for number, city in enumerate(made.cities):
        state = "eligible" if made.since("judging") else ("draft" if number == 0 else "submitted")
        entry_id = await factories.entry(
            made.season, city, state=state, reference=made.references[number],
            title=WINNER if number == 0 else f"Practice of {CITIES[number]}", by=await id_of(AMINA),
        )  # fmt: skip
        made.entries.append(entry_id)
    await files.attached(made.season.edition_id, made.entries[0], await id_of(AMINA))
    await exceptions.held(made.season, made.cities, CLOSES, made.values_of, made.queries)
    made.values["reference"] = made.references[0]


async def _panel(made: World) -> None:
    """Invited while the call is open; at work, then done, from the judging on."""
    people = [await id_of(CHIARA), await id_of(DANIYAR), await id_of(LEILA)]
    people += [await factories.person(name) for name in ("Oumar Diallo", "Petra Novak")]
    seats = []
    for number, person_id in enumerate(people):
        await factories.make_judge(person_id, country="FR")
        await add(
            TermsAcceptance, person=person_id, edition=made.season.edition_id,
            terms_sha256=terms_hash(TERMS), accepted_at=AT,
        )  # fmt: skip
        seats.append(
            await factories.seat(
                made.season.round_id, person_id, label=f"J{number + 1}", conflicts_declared_at=AT + DAY
            )
        )
    made.values |= {"seat": str(seats[0]), "person": str(people[0])}
    if not made.since("judging"):
        return
    placed = [await factories.round_entry(made.season.round_id, entry) for entry in made.entries]
    stepped_back = await factories.assignment(placed[0], seats[1], state="recused")
    await add(Recusal, assignment=stepped_back, code="declared", text=RECUSAL)
    await add(
        DeclaredConflict, person=people[1], edition=made.season.edition_id, entry=made.entries[0], code="declared",
        source="judge", reason=RECUSAL,
    )  # fmt: skip
    for number, readers in enumerate(READERS):
        for reader in readers:
            assignment = await factories.assignment(placed[number], seats[reader])
            mine = reader == 0
            level = max(0, min(10, QUALITY[number] + SEVERITY[reader]))
            sheet = await factories.scoresheet(
                assignment, {"impact": level, "new": min(10, level + (number + reader) % 2)},
                signed=made.since("closed") or not (mine and number == 0), at=ROUND_OPENS + DAY,
            )  # fmt: skip
            if mine:
                made.sheets.append(sheet)
                await papers.keyed(sheet, number, by=OTHER)
                for audience, text in COMMENTS.items():
                    await add(SheetNote, scoresheet=sheet, audience=audience, text=text)
    if made.since("closed"):
        # One of the secretariat asked to leave a sheet out, and nobody has consented yet.
        await add(
            Approval, action="set sheet aside", subject_kind="assignment", subject_id=assignment,
            subject_sha256="0" * 64, asked_by=await id_of(OTHER), reason=LEFT_OUT,
        )  # fmt: skip


async def _ask_for_ruleset(made: World) -> None:
    """Eun-ji asks, nobody has answered yet."""
    edition_id = made.season.edition_id
    document = await document_of(edition_id)
    await editions.ask_for_ruleset(
        edition_id=edition_id,
        document=replace(document, rules=replace(document.rules, entries_per_city=3)),
        version=1,
        command=AskForRuleset(reason="Many cities have asked.", public_note="A city can send three entries."),
        actor=await announcing.secretary(made, EUN_JI, AT),
        clock=FixedClock(AT),
    )


async def publish(made: World, reference: str, citation: str) -> None:
    """Everything up to the second signature, for an instant that is still to come."""
    await announcing.published(made, reference, citation, at=OUT, clock=FixedClock(ROUND_CLOSES + DAY))


async def _out(made: World) -> None:
    await publish(made, made.values["reference"], CITATION)
    slugs = await PublishedEntry.select(PublishedEntry.slug)
    made.values["slug"] = slugs[0]["slug"]
    for sweep in publication.SWEEPS:
        await sweep(FixedClock(made.now))
    for certificate in await Certificate.select(Certificate.check_code):
        code = {"code": certificate["check_code"]}
        made.values_of |= {"/check/{code}": code, "/check/{code}/certificate.pdf": code}
    if made.phase in ("published", "archived"):
        await Edition.update({Edition.state: made.phase}).where(Edition.id == made.season.edition_id)


async def _letters(made: World) -> None:
    """Links of mails that nobody has opened yet."""
    for path, purpose in (("confirm", "confirm"), ("reset", "reset"), ("invitation", "role")):
        member = NADIA if purpose == "reset" else None
        await _ticket(made, purpose, member, token=f"letter-{purpose}")
        made.values_of[f"/{path}/{{token}}"] = {"token": f"letter-{purpose}"}
    await heads.plant(made)
    message = await add(
        Message, dedupe_key="a letter", message_id="a-letter@tests", to=BAO.email, template="password-changed",
        values='{"name": "Bao Tran", "link": "/reset"}', edition_id=made.season.edition_id, not_before=made.now, state="failed", attempts=12,
    )  # fmt: skip
    made.values["message"] = str(message)


async def _form(made: World) -> dict[str, str]:
    """Enough for most verbs to be reached, so that it is their rights that answer."""
    here = RoleGrant.scope == made.season.scope
    grants = await RoleGrant.select(RoleGrant.id).where(here).order_by(RoleGrant.id)
    assignments = await Assignment.select(Assignment.id).order_by(Assignment.id).limit(1)
    conflicts = await DeclaredConflict.select(DeclaredConflict.id).limit(1)
    asked = await Approval.select(Approval.id).order_by(Approval.id).limit(1)
    return {
        "version": "1", "reason": "Told by the tests.", "name": "Nadia Petrova", "email": NADIA.email,
        "role": "reader", "kind": "city", "country": "KR", "title": "Another title", "category": "inclusive",
        "entrant": str(made.cities[0]), "edition": f"{made.season.programme}/{made.season.edition}",
        "outcome": "ineligible", "agree": "1", "sure": "1", "without_papers": "1", "terms": terms_hash(TERMS), "key": "0" * 32,
        "reference": made.values["reference"], "seat": made.values["seat"], "judge": made.values["person"],
        "assignment": str(assignments[0]["id"] if assignments else 1), "grant": str(grants[0]["id"]),
        "conflict": str(conflicts[0]["id"] if conflicts else 1),
        "proposal": "1", "job": "1", "remedy": "0", "bridges": "2147483647",
        "approval": str(asked[0]["id"] if asked else 1), "to": "aside", "sha256": "0" * 64, "session": "1",
        "number": "1", "decision": "adopt", "read": "1", "shows": "winners", "sheets_wanted": "3",
        "sheet": f"{made.values['seat']}.{made.values['reference']}",
        "sheets": f"{made.values['reference']}:1", "answer": "A better answer.", "draft": "1", "lang": "en",
        "zone": "UTC", "declared": "1", "body": "What it says now.", "membership": "1", "mark_impact": "5",
        "entries": made.values["reference"], **messages.FORM,
    }  # fmt: skip


async def _ticket(made: World, purpose: str, member: Member | None, token: str = "") -> int:
    person_id = await id_of(member) if member else None
    return await add(
        Ticket, purpose=purpose, person=person_id, email=member.email if member else "new@nowhere.example",
        token_sha256=ids.token_hash(token or ids.token()), expires_at=made.now + DAY,
    )  # fmt: skip


async def sign_in(made: World) -> None:
    for role, member in ROLES.items():
        made.askers[role] = VISITOR if member is None else await signed_in(member, made.now)
    # Switched off while signed in: the cookie is still there, and is worth no more than a visitor's.
    await Person.update({Person.disabled_at: made.now}).where(Person.id == await id_of(GONE))
    made.askers["disabled"] = Asker(f"{made.askers['disabled'].cookie}; {VISITOR.cookie}", VISITOR.csrf)


async def signed_in(member: Member, at: datetime) -> Asker:
    async with transaction():
        token = await sessions.start(await id_of(member), at=at, agent="tests", address="127.0.0.1")
    rows = await Session.select(Session.csrf).where(Session.token_sha256 == ids.token_hash(token))
    return Asker(f"session={token}", rows[0]["csrf"])
