"""A publication takes two people. One tries it on every route of the edition, from two tabs; and whom it concerns tries it.

The other acts that take two are tried beside the verbs that do them.
"""

from typing import Any

import pytest

from awards import ids
from awards.accounts import sessions
from awards.accounts.tables import Approval, Session
from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.db import transaction
from awards.publication import services as publication
from awards.publication.forms import AskToPublish
from awards.publication.tables import Publication
from awards.settings import Settings
from awards.web import render
from tests import factories
from tests.people import EUN_JI, FARID, Member, id_of
from tests.permissions import files
from tests.permissions.asking import Asker, ask
from tests.permissions.declared import declared
from tests.permissions.results import with_nothing_asked
from tests.permissions.world import PHASES, World, world

# Of one edition: what waits for a second person is asked there.
DESK = "/desk/{programme}/{edition}"
ROUTES = sorted(route.path for route in declared() if route.method == "POST" and route.path.startswith(DESK))
SIGN = f"{DESK}/publication/sign"


@pytest.fixture
def now(clock: FixedClock) -> FixedClock:
    clock.move_to(PHASES["embargo"])
    return clock


@pytest.fixture
def service(app: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    files.put(settings)
    monkeypatch.setattr(render, "draw", lambda *_page: b"")
    return app


@pytest.fixture
async def made(service: Any) -> World:
    """Eun-ji has asked for a further step of the announcement, and for other rules; nobody has answered."""
    found = await world("embargo")
    clock = FixedClock(found.now)
    grants = frozenset({Grant("secretariat", found.season.scope)})
    eun_ji = Actor(await id_of(EUN_JI), EUN_JI.name, grants=grants, proved_at=found.now)
    edition_id = found.season.edition_id
    at = (await Publication.select(Publication.visible_at))[0]["visible_at"] + factories.DAY
    asked = AskToPublish(edition_id=edition_id, shows="full", visible_at=at)

    async def both() -> None:
        await publication.ask_to_publish(command=asked, actor=eun_ji, clock=clock)

    await with_nothing_asked(both())
    aside = (Approval.action == "set sheet aside") & Approval.given_at.is_null()
    await Approval.update({Approval.ended_at: found.now}, force=True).where(aside)
    return found


async def another_tab(made: World, member: Member) -> Asker:
    async with transaction():
        token = await sessions.start(await id_of(member), at=made.now, agent="another", address="127.0.0.1")
    rows = await Session.select(Session.csrf).where(Session.token_sha256 == ids.token_hash(token))
    return Asker(f"session={token}", rows[0]["csrf"])


async def open_approvals() -> list[dict[str, Any]]:
    return await Approval.select(
        Approval.id, Approval.action, Approval.subject_sha256, Approval.asked_by
    ).where(Approval.given_at.is_null() & Approval.ended_at.is_null())


async def gave(service: Any, made: World, who: Asker, routes: list[str]) -> set[tuple[str, str]]:
    """Action and route of everything that this person alone brought to be given; all of it is taken back."""
    found = set()
    for approval in await open_approvals():
        form = {
            **made.form, "approval": str(approval["id"]), "sha256": approval["subject_sha256"],
            "request": str(approval["id"]), "seen": approval["subject_sha256"], "consent": "1",
        }  # fmt: skip
        for route in routes:
            async with transaction() as level:
                level.discard()
                await ask(service, "POST", made.address(route), who, form=form)
                if await Approval.exists().where(
                    (Approval.id == approval["id"]) & Approval.given_at.is_not_null()
                ):
                    found.add((approval["action"], route))
    return found


async def test_one_person_alone_gives_nothing(service: Any, made: World) -> None:
    published = await Publication.count()
    assert {row["action"] for row in await open_approvals()} == {"publish", "new ruleset"}
    assert {row["asked_by"] for row in await open_approvals()} == {await id_of(EUN_JI)}
    for tab in (made.askers["secretariat"], await another_tab(made, EUN_JI)):
        assert await gave(service, made, tab, ROUTES) == set()
    # The same requests from another person are what it takes: so it was nothing else that refused them.
    second = made.askers["programme-secretariat"]
    assert await gave(service, made, second, [SIGN]) == {("publish", SIGN)}
    assert await Publication.count() == published

    eun_ji = await id_of(EUN_JI)
    with pytest.raises(Exception, match="approval_two_people"):
        await Approval.update({Approval.given_by: eun_ji}).where(Approval.asked_by == eun_ji)


async def test_neither_whom_it_concerns_nor_the_same_again(
    service: Any, made: World, now: FixedClock
) -> None:
    farid = await id_of(FARID)
    second = made.askers["programme-secretariat"]

    async def with_the_rows_of(tie: str) -> set[tuple[str, str]]:
        async with transaction() as level:
            level.discard()
            if tie == "owner":
                await factories.official(farid, made.cities[3])
            elif tie == "judge":
                seat = await factories.seat(made.season.round_id, farid, label="J77")
                rows = await Publication.raw("SELECT id FROM round_entry ORDER BY id LIMIT 1")
                await factories.assignment(rows[0]["id"], seat, state="signed")
            return await gave(service, made, second, [SIGN])

    for tie in ("owner", "judge"):
        assert await with_the_rows_of(tie) == set(), tie
    approval = next(row for row in await open_approvals() if row["action"] == "publish")
    form = {**made.form, "approval": str(approval["id"]), "sha256": approval["subject_sha256"]}
    path = made.address(SIGN)
    async with transaction() as level:
        level.discard()
        answers = [await ask(service, "POST", path, second, form=form) for _again in range(2)]
        answers.append(await ask(service, "POST", path, made.askers["secretariat"], form=form))
        assert [answer.status for answer in answers] == [303, 409, 409], "sent again, it is not a third"
        assert await Publication.count() == 2
    now.advance(factories.DAY / 24)
    answer = await ask(service, "POST", path, second, form=form)
    assert answer.location.startswith("/prove"), "an hour later the password is asked for again"
