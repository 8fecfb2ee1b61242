"""The demonstration's accounts. Their password is printed by the loader and worth nothing elsewhere."""

from datetime import datetime

from msgspec import Struct

from awards.accounts import passwords, steps
from awards.accounts.tables import EmailAddress
from awards.actor import INSTANCE, Actor, Grant
from awards.cities.tables import Entrant, Official
from awards.db import transaction
from awards.demo.plant import address_of
from awards.editions.rules import Role
from awards.editions.tables import RoleGrant

PASSWORD = "a fair and open prize"  # noqa: S105 - meant to be known: it opens the demonstration only


class Account(Struct, frozen=True):
    name: str
    email: str
    part: str


OFFICIAL = Account("Nora Eklund", "nora@lindmere.example", "city official of Lindmere")
SECOND_OFFICIAL = Account("Jonas Vik", "jonas@lindmere.example", "a second official of Lindmere")
FIRM = Account("Sanna Holm", "sanna@tidewater.example", "a firm that enters for Lindmere")
WINNER = Account("Zawadi Hartono", "zawadi@sabah.example", "city official of Dar es-Sabah, which won")
JUDGES = (
    Account("Grace Mwangi-Sato", "grace@judges.example", "judge"),
    Account("Hiroshi Valente", "hiroshi@judges.example", "judge"),
)
CLERKS = ("Amal Ferreira", "Bruno Sato", "Ceri Nkemelu", "Dana Vuković", "Emre Lindholm", "Farida Costa")
SECRETARIAT = (
    Account("Soo-ah Lindqvist", "soo-ah@wego.example", "secretariat, and admin"),
    Account("Mateus Okonkwo", "mateus@wego.example", "secretariat"),
)
SCREENERS = (
    Account("Ines Tamm", "ines@screeners.example", "screener"),
    Account("Kofi Brandt", "kofi@screeners.example", "a second screener"),
)
AUDITOR = Account("Lucía Adeyemi", "lucia@audit.example", "auditor")
CHAIR = Account("Oona Falk", "oona@judges.example", "chair of a panel that deliberates")
JURY = (
    Account("Rafael Imbert", "rafael@judges.example", "of its jury; leaves the room for one entry"),
    Account("Thandi Moyo-Berg", "thandi@judges.example", "of its jury"),
)
# Judges came in with the closed edition's folder; these two get a password.
SHOWN = (
    OFFICIAL, SECOND_OFFICIAL, FIRM, WINNER, *JUDGES, CHAIR, JURY[0], SCREENERS[0], *SECRETARIAT, AUDITOR,
)  # fmt: skip


async def add_accounts(now: datetime) -> dict[str, int]:
    """Officials, those who deliberate, and secretariat, each with their password; e-mail -> person."""
    secret = await passwords.hash_of(PASSWORD)
    found: dict[str, int] = {}
    async with transaction():
        for account in (
            OFFICIAL,
            SECOND_OFFICIAL,
            FIRM,
            WINNER,
            CHAIR,
            *JURY,
            *SCREENERS,
            *SECRETARIAT,
            AUDITOR,
        ):
            known = await steps.person_with_address(account.email, name=account.name, at=now)
            await steps.confirm_address(account.email, now)
            await steps.set_password(known.person_id, secret, now)
            found[account.email] = known.person_id
    return found


async def open_to_judges(names: list[str], accounts: dict[str, int], now: datetime) -> dict[str, int]:
    """The judges of the closed edition by name; two of them can sign in from here on."""
    addresses = {address_of(name): name for name in names}
    rows = await EmailAddress.select(EmailAddress.person, EmailAddress.address).where(
        EmailAddress.address.is_in(list(addresses))
    )
    judges = {addresses[row["address"]]: int(row["person"]) for row in rows}
    secret = await passwords.hash_of(PASSWORD)
    async with transaction():
        for account in JUDGES:
            person = accounts[account.email] = judges[account.name]
            await steps.confirm_address(account.email, now)
            await steps.set_password(person, secret, now)
    return {name: judges[name] for name in names}


OFFICIALS = (
    (OFFICIAL, "Lindmere", "owner"), (SECOND_OFFICIAL, "Lindmere", "editor"), (WINNER, "Dar es-Sabah", "owner"),
)  # fmt: skip


async def add_officials(accounts: dict[str, int], since: datetime) -> None:
    async with transaction():
        for account, city, role in OFFICIALS:
            rows = await Entrant.select(Entrant.id).where(Entrant.name == city).limit(1)
            official = Official(
                person=accounts[account.email],
                entrant=rows[0]["id"],
                role=role,
                since=since,
                created_at=since,
            )
            await official.save()


async def add_clerk(city: str, number: int, since: datetime) -> Actor:
    """Somebody who writes for a city whose side nobody signs in to see."""
    name = CLERKS[number % len(CLERKS)]
    rows = await Entrant.select(Entrant.id).where(Entrant.name == city).limit(1)
    async with transaction():
        email = f"clerk{number + 1}@cities.example"
        known = await steps.person_with_address(email, name=name, at=since)
        await steps.confirm_address(email, since)
        await Official.insert(
            Official(
                person=known.person_id, entrant=rows[0]["id"], role="owner", since=since, created_at=since
            )
        )
    return Actor(person_id=known.person_id, name=name)


async def add_roles(people: dict[str, int], programmes: list[int], now: datetime) -> None:
    """Both of the secretariat run every programme, and the auditor sees them; screeners have the last of them."""
    first = people[SECRETARIAT[0].email]
    async with transaction():
        rows = [RoleGrant(person=first, role=Role.ADMIN.value, scope=INSTANCE, since=now, created_at=now)]
        rows += [
            RoleGrant(
                person=people[account.email],
                role=role.value,
                scope=f"programme:{programme}",
                since=now,
                created_at=now,
            )
            for role, accounts, scope in (
                (Role.SECRETARIAT, SECRETARIAT, programmes),
                (Role.AUDITOR, (AUDITOR,), programmes),
                (Role.SCREENER, SCREENERS, programmes[-1:]),
            )
            for account in accounts
            for programme in scope
        ]
        await RoleGrant.insert(*rows)


def as_actor(
    account: Account, people: dict[str, int], now: datetime, *scopes: str, role: Role = Role.SECRETARIAT
) -> Actor:
    """The person as verbs see them, having just given their password."""
    return Actor(
        person_id=people[account.email],
        name=account.name,
        grants=frozenset(Grant(role.value, scope) for scope in scopes),
        proved_at=now,
    )
