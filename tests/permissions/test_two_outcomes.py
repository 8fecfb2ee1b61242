"""Two databases that differ in who won: before the announcement whoever may not know meets the same bytes in both.

The round is closed, its run adopted, the prize decided, the publication signed by two and sealed for an instant to come.
Masked are random numbers and fingerprints alone.
"""

import re
from typing import Any

from awards.clock import FixedClock
from awards.db import transaction
from awards.outbox.tables import Message
from awards.publication import services as publication
from awards.scoresheets.tables import Mark
from tests import factories
from tests.databases import ENGINE
from tests.people import Member, give, id_of
from tests.permissions.asking import Answer, Asker, ask
from tests.permissions.declared import declared
from tests.permissions.results import with_nothing_asked
from tests.permissions.test_two_worlds import seen
from tests.permissions.world import World, publish, signed_in, world

PAGES = sorted(route.path for route in declared() if route.method == "GET")
# Runs the edition and acts for the entrant who wins in one of the worlds.
TIED = Member("Ruta Kalnina", "ruta@secretariat.example")
# PostgreSQL goes on counting its rows when a transaction is thrown away, and numbers of rows stand on pages of the desk.
UNKNOWING = (
    "visitor", "official", "neighbour", "judge", "unassigned", "recused", "other-secretariat", "screener", "admin",
) if ENGINE == "sqlite" else ("visitor", "official", "judge")  # fmt: skip
# The first digits of a fingerprint, as the desk shows it.
SHORT = re.compile(rb'(?<=<code dir="ltr">)[0-9a-f]{12,16}(?=</code>)')
# Judges of the table read the same marks of their own in both worlds; these two are nobody of the table.
OTHERS = ("Oumar Diallo", "Petra Novak")
CITATIONS = ("Canarycitation for lifts", "Othercitation for trams, and it is longer")


async def others_mark_otherwise(made: World) -> None:
    sheets = await Mark.raw(
        "SELECT sh.id FROM scoresheet sh JOIN assignment a ON a.id = sh.assignment JOIN seat s ON s.id = a.seat"
        " JOIN person p ON p.id = s.person WHERE p.name IN ({}, {})",
        *OTHERS,
    )
    assert len(sheets) > 5
    for row in sheets:
        # In the same order: who marks against all others is asked about before anything is published.
        await Mark.update({Mark.value: Mark.value / 2 + 4}).where(Mark.scoresheet == row["id"])


async def test_before_the_announcement_nobody_meets_a_sign_of_who_won(service: Any, now: FixedClock) -> None:
    made = await world("closed")
    now.move_to(made.now)
    await give(TIED, "secretariat", made.season.scope)
    await factories.official(await id_of(TIED), made.cities[0])
    askers: dict[str, Asker] = {role: made.askers[role] for role in UNKNOWING}
    if ENGINE == "sqlite":
        askers["secretariat in conflict"] = await signed_in(TIED, made.now)
    alone = {role: askers[role] for role in ("visitor", "judge")}
    unsigned = await everything(service, made, alone)
    met = []
    for number, citation in enumerate(CITATIONS):
        async with transaction() as level:
            level.discard()
            if number:
                await others_mark_otherwise(made)
            await with_nothing_asked(publish(made, made.references[number], citation))
            for sweep in publication.SWEEPS:
                await sweep(FixedClock(made.now))
            met.append(await everything(service, made, askers))
    one, other = met
    # Nor that there is anything to know: the public and a judge meet what they met before the first signature.
    assert [
        key for key, answer in unsigned.items() if key[0] in alone and masked(answer) != masked(one[key])
    ] == []
    assert [key for key, answer in one.items() if masked(answer) != masked(other[key])] == []
    told = [
        key
        for world in met
        for key, answer in world.items()
        for text in CITATIONS
        if text.encode() in answer.body
    ]
    assert told == []
    assert sum(answer.status == 200 for answer in one.values()) > 20 * len(askers)


def masked(answer: Answer) -> bytes:
    return SHORT.sub(b"#", seen(answer))


async def everything(service: Any, made: World, askers: dict[str, Asker]) -> dict[tuple[str, str], Answer]:
    found = {
        (role, path): await ask(service, "GET", made.address(path), asker)
        for role, asker in askers.items()
        for path in PAGES
    }
    # Of what waits to be sent, all but what the secretariat itself is told.
    rows = await Message.raw('SELECT "to", template, "values" FROM message ORDER BY id')
    found["mails", ""] = Answer(200, {"x-request-id": "none"}, repr(rows).encode())
    return found
