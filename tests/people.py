"""The cast of the tests. Everybody knows the same password, hashed so cheaply that tests may type it.

amina = await client_for(AMINA)          # a client that is signed in
lindmere = await factories.entrant("Lindmere")
await factories.official(await id_of(AMINA), lindmere)
await give(EUN_JI, "secretariat", season.scope)
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from argon2 import PasswordHasher

from awards.accounts import sessions
from awards.accounts.tables import EmailAddress
from awards.db import transaction
from awards.web.session import Cookies
from tests import factories
from tests.factories import AT
from tests.page import Client

PASSWORD = "seven herons over lindmere"
SECRET = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    email: str
    lang: str = "en"
    zone: str = "UTC"


# City officials: Amina of Lindmere, Bao beside her, Ines of another city.
AMINA = Member("Amina Okoro", "amina@lindmere.example", zone="Africa/Lagos")
BAO = Member("Bao Tran", "bao@lindmere.example")
INES = Member("Inês Duarte", "ines@portaleda.example", zone="Europe/Lisbon")
# Judges.
CHIARA = Member("Chiara Fontana", "chiara@judges.example", zone="Europe/Rome")
DANIYAR = Member("Daniyar Akhmetov", "daniyar@judges.example", zone="Asia/Almaty")
LEILA = Member("Leila Haddad", "leila@judges.example")
# The secretariat: two, because publishing takes two.
EUN_JI = Member("Eun-ji Park", "eun-ji@secretariat.example", zone="Asia/Seoul")
FARID = Member("Farid Rahimi", "farid@secretariat.example")
# Grace keeps the server, Hiroshi audits, nobody knows Nadia.
GRACE = Member("Grace Mwangi", "grace@admin.example")
HIROSHI = Member("Hiroshi Tanaka", "hiroshi@audit.example", zone="Asia/Tokyo")
NADIA = Member("Nadia Petrova", "nadia@nowhere.example")

CAST = (AMINA, BAO, INES, CHIARA, DANIYAR, LEILA, EUN_JI, FARID, GRACE, HIROSHI, NADIA)


async def id_of(member: Member) -> int:
    """The person's id; who is not there yet is added, with address and password."""
    rows = await EmailAddress.select(EmailAddress.person).where(EmailAddress.folded == member.email)
    if rows:
        return int(rows[0]["person"])
    return await factories.person(
        member.name, email=member.email, secret=SECRET, lang=member.lang, zone=member.zone
    )


async def give(member: Member, role: str, scope: str = "instance") -> int:
    """A role; returns the person's id."""
    person_id = await id_of(member)
    await factories.grant(person_id, role, scope)
    return person_id


async def sign_in(client: Client, member: Member, *, at: datetime = AT) -> int:
    """A session without the sign-in page; returns the person's id."""
    person_id = await id_of(member)
    async with transaction():
        token = await sessions.start(person_id, at=at, agent="tests", address="127.0.0.1")
    parts = urlsplit(client.base_url)
    # With its domain, or the server's own cookie of this name would come to stand beside it.
    client.http.cookies.set(
        Cookies(parts.scheme == "https").session, token, domain=parts.hostname or "", path="/"
    )
    return person_id
