"""Verbs: lost races, rights inside an edition, roles and their mails, written pages."""

from datetime import timedelta

import pytest

from awards import data_dir
from awards.actor import SYSTEM, Actor, Grant
from awards.audit.queries import chain_breaks, head
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions import services, steps
from awards.editions.document import EditionDocument
from awards.editions.forms import GrantRole, SavePage
from awards.editions.queries import document_of, edition_by_id, round_by_id
from awards.editions.rules import EditionState, Role
from awards.editions.tables import RoleGrant
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.web import i18n, templating
from judging import sha256_of
from tests import factories
from tests.factories import AT
from tests.people import FARID, GRACE, give
from tests.rulesets import latest_ruleset

CLOCK = FixedClock(AT)
DAY = timedelta(days=1)


def secretary(scope: str, person_id: int = 900) -> Actor:
    return Actor(person_id, "Eun-ji Park", grants=frozenset({Grant("secretariat", scope)}))


def renamed(document: EditionDocument, name: str) -> EditionDocument:
    return EditionDocument(
        **{field: getattr(document, field) for field in document.__struct_fields__} | {"name": name}
    )


async def test_a_lost_race_stores_nothing() -> None:
    of = await factories.season()
    document = await document_of(of.edition_id)
    actor = secretary(of.scope)
    await services.change_edition(
        edition_id=of.edition_id, document=renamed(document, "First"), version=1, actor=actor, clock=CLOCK
    )
    before = await head()
    with pytest.raises(Stale):
        await services.change_edition(
            edition_id=of.edition_id,
            document=renamed(document, "Second"),
            version=1,
            actor=actor,
            clock=CLOCK,
        )
    assert await head() == before
    assert (await edition_by_id(of.edition_id)).name == "First"


async def test_the_secretariat_of_one_edition_knows_no_other_and_not_the_programme() -> None:
    of, other = await factories.season(), await factories.season()
    actor = secretary(of.scope)
    with pytest.raises(NotFound):
        await services.change_edition(
            edition_id=other.edition_id, document=await document_of(other.edition_id), version=1, actor=actor,
            clock=CLOCK,
        )  # fmt: skip
    with pytest.raises(NotFound):
        await services.open_round(round_id=other.round_id, version=1, actor=actor, clock=CLOCK)
    document = await document_of(of.edition_id)
    programme = type(document.programme)(document.programme.slug, "Another name")
    changed = EditionDocument(
        **{field: getattr(document, field) for field in document.__struct_fields__} | {"programme": programme}
    )
    with pytest.raises(Denied):
        await services.change_edition(
            edition_id=of.edition_id, document=changed, version=1, actor=actor, clock=CLOCK
        )


async def test_an_opened_round_keeps_its_ruleset_whole() -> None:
    of = await factories.season(opens=AT - 60 * DAY, closes=AT)
    actor = secretary(of.scope)
    with pytest.raises(Stale):
        await services.open_round(round_id=of.round_id, version=9, actor=actor, clock=CLOCK)
    await services.open_round(round_id=of.round_id, version=1, actor=actor, clock=CLOCK)
    ruleset = await latest_ruleset(of.round_id)
    assert (ruleset.version, ruleset.edition) == (1, of.edition_id)
    assert '"method":"calibrated"' in ruleset.body
    assert len(ruleset.sha256) == 64
    assert (await edition_by_id(of.edition_id)).state is EditionState.JUDGING
    with pytest.raises(Invalid):
        await services.open_round(
            round_id=of.round_id, version=(await round_by_id(of.round_id)).version, actor=actor, clock=CLOCK
        )
    assert await chain_breaks() == []
    assert sha256_of({}) != ruleset.sha256


async def test_a_round_waits_for_the_deadline_to_the_millisecond() -> None:
    of = await factories.season(closes=AT)
    actor = secretary(of.scope)
    early = FixedClock(AT - timedelta(milliseconds=1))
    with pytest.raises(Invalid):
        await services.open_round(round_id=of.round_id, version=1, actor=actor, clock=early)
    await services.open_round(round_id=of.round_id, version=1, actor=actor, clock=CLOCK)


async def test_an_edition_is_decided_when_its_rounds_are_closed() -> None:
    of = await factories.season(
        state="judging", round_state="open", round_opens=AT - DAY, closes=AT - 2 * DAY
    )
    actor = secretary(of.scope)

    async def decide() -> None:
        version = (await edition_by_id(of.edition_id)).version
        await services.change_state(
            edition_id=of.edition_id, to=EditionState.DECIDED, version=version, actor=actor, clock=CLOCK
        )

    with pytest.raises(Denied):
        await decide()
    await services.close_round(round_id=of.round_id, version=1, actor=actor, clock=CLOCK)
    async with transaction():
        assert await steps.decide_rounds(of.edition_id, AT) == ["first"]
        assert await steps.decide_rounds(of.edition_id, AT) == []
    await decide()
    with pytest.raises(Denied):
        await services.change_state(
            edition_id=of.edition_id, to=EditionState.PUBLISHED, version=2, actor=actor, clock=CLOCK
        )


def grant(role: Role, scope: str) -> GrantRole:
    return GrantRole(name="Farid Rahimi", email=FARID.email, role=role, scope=scope)


async def test_a_role_holds_at_once_for_an_account_and_by_invitation_for_a_stranger() -> None:
    of = await factories.season()
    path = f"{of.programme}/{of.edition}"
    actor = secretary(of.scope, await factories.person("Eun-ji Park"))
    invited = await services.grant_role(
        command=grant(Role.SCREENER, path), until=None, actor=actor, clock=CLOCK
    )
    assert invited.invited
    person_id = await give(GRACE, "auditor", of.scope)
    command = GrantRole(name="Grace", email=GRACE.email.upper(), role=Role.SCREENER, scope=path)
    known = await services.grant_role(command=command, until=AT + DAY, actor=actor, clock=CLOCK)
    assert (known.invited, known.name) == (False, GRACE.name)
    rows = await RoleGrant.select(RoleGrant.scope, RoleGrant.until).where(
        (RoleGrant.person == person_id) & (RoleGrant.role == "screener")
    )
    assert [(row["scope"], row["until"]) for row in rows] == [(of.scope, AT + DAY)]
    mails = await Message.select(Message.template).order_by(Message.id)
    assert [row["template"] for row in mails] == ["role-invitation", "role-granted"]


@pytest.mark.parametrize(("role", "path"), [(Role.ADMIN, "own"), (Role.SCREENER, "everywhere")])
async def test_nobody_gives_more_than_their_own_scope(role: Role, path: str) -> None:
    of = await factories.season()
    where = f"{of.programme}/{of.edition}" if path == "own" else path
    with pytest.raises(Denied):
        await services.grant_role(
            command=grant(role, where), until=None, actor=secretary(of.scope), clock=CLOCK
        )
    with pytest.raises(NotFound):
        await services.grant_role(
            command=grant(Role.SCREENER, "no/such"), until=None, actor=secretary(of.scope), clock=CLOCK
        )


async def test_one_admin_stays_whatever_ends() -> None:
    await give(GRACE, "admin")
    await give(FARID, "admin")
    ids = [row["id"] for row in await RoleGrant.select(RoleGrant.id).order_by(RoleGrant.id)]
    await services.end_role(grant_id=ids[0], actor=SYSTEM, clock=CLOCK)
    with pytest.raises(Denied):
        await services.end_role(grant_id=ids[1], actor=SYSTEM, clock=CLOCK)
    with pytest.raises(NotFound):
        await services.end_role(grant_id=ids[0], actor=SYSTEM, clock=CLOCK)


async def test_a_written_page_is_lost_to_nobody() -> None:
    of = await factories.season()
    actor = secretary(f"programme:{of.programme_id}")

    async def save(version: int) -> None:
        command = SavePage(slug="rules", title="Rules", body="Who enters", version=version)
        await services.save_page(programme_id=of.programme_id, command=command, actor=actor, clock=CLOCK)

    await save(0)
    with pytest.raises(Stale):
        await save(0)
    await save(1)
    command = SavePage(slug="rules", title="Rules", body="Mine", version=2)
    with pytest.raises(NotFound):
        await services.save_page(
            programme_id=of.programme_id, command=command, actor=secretary(of.scope), clock=CLOCK
        )


@pytest.mark.parametrize("template", ["role-invitation", "role-granted"])
@pytest.mark.parametrize("lang", ["en", "qps"])
def test_mails_about_roles_say_who_what_and_where_to_go(template: str, lang: str) -> None:
    templates = templating.environment(data_dir("templates"))
    values = {
        "name": "Farid",
        "by": "Eun-ji Park",
        "role": "screener",
        "scope": "WeGO Awards 2027",
        "link": "https://a.example/x",
    }
    with i18n.use(lang):
        drawn = [
            templates.get_template(f"mail/{template}/{part}").render(
                mail=values, programme_name="WeGO Awards", contact_email="a@b.example", lang=lang, dir="ltr"
            )
            for part in ("subject.txt", "body.txt", "body.html")
        ]
    assert "WeGO Awards 2027" in drawn[0]
    for body in drawn[1:]:
        assert "https://a.example/x" in body
        assert "Eun-ji Park" in body
        assert "screener" in body
