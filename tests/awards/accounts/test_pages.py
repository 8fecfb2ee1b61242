"""Signing up, in and out, over HTTP, as people do it."""

from datetime import timedelta

from awards.accounts.rules import Purpose
from awards.accounts.steps import issue_ticket
from awards.accounts.tables import EmailAddress, Person, Session
from awards.clock import FixedClock
from awards.db import transaction
from tests.awards.accounts.mails import last_link, mails_to
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, BAO, PASSWORD, id_of
from tests.serving import ClientFor

NEW = "dalia@lindmere.example"


async def test_from_an_address_to_a_signed_in_person(client: Client) -> None:
    await client.get("/sign-up")
    page = await client.submit("Send me the link", email=NEW, status=200)
    assert page.h1 == "Look into your mail"
    link = await last_link(NEW)
    page = await client.get(link)
    assert page.h1 == "Create your account"
    page = await client.submit("Create my account", name="", password="short", status=422)
    assert page.errors[0].startswith("Enter an answer for “Full name”")
    page = await client.submit("Create my account", name="Dalia", password="short", status=422)
    assert page.errors == ["Choose a password of at least 10 characters"]
    page = await client.submit(
        "Create my account", name="Dalia Haddad", password=" two herons ", follow=False, status=303
    )
    assert page.location == "/start"
    page = await client.get("/account")
    assert "Dalia Haddad" in page.text
    assert "Signed in" not in page.errors
    await client.submit("Sign out")
    page = await client.submit("Sign in", email=NEW, password="two herons", status=422)
    page = await client.submit(
        "Sign in", email=NEW.upper(), password=" two herons ", follow=False, status=303
    )
    assert page.location == "/start"
    # A link works once; it is explained, with what to do.
    page = await client.another().get(link, status=410)
    assert page.h1 == "You have an account already"


async def test_opening_a_link_changes_nothing(client: Client) -> None:
    await client.get("/sign-up")
    await client.submit("Send me the link", email=NEW)
    link = await last_link(NEW)
    for _again in range(3):
        await client.another().get(link)
    assert not await Person.exists().where(Person.name == "")
    assert not await EmailAddress.exists().where(EmailAddress.folded == NEW)
    await client.get(link)
    await client.submit(
        "Create my account", name="Dalia", password="two herons over it", follow=False, status=303
    )


async def test_what_is_typed_on_the_sign_in_page_is_kept_but_never_the_password(client: Client) -> None:
    await id_of(AMINA)
    await client.get("/sign-in?next=/city")
    page = await client.submit("Sign in", email=AMINA.email, password="a wrong password", status=422)
    assert AMINA.email in page.html
    assert "a wrong password" not in page.html
    page = await client.submit("Sign in", password=PASSWORD, follow=False, status=303)
    assert page.location == "/city"


async def test_reset(client: Client, client_for: ClientFor, clock: FixedClock) -> None:
    amina = await client_for(AMINA)
    await client.get("/reset")
    await client.submit("Send me the link", email=AMINA.email)
    await client.get("/reset")
    await client.submit("Send me the link", email=AMINA.email)
    first, second = [mail["link"] for mail in await mails_to(AMINA.email)]
    await client.get(second)
    page = await client.submit(password="eleven quiet herons", follow=False, status=303)
    assert page.location == "/start"
    assert (await client.get("/account")).h1 == "Your account"
    assert (await amina.get("/account")).h1 == "Sign in", "other sessions end"
    for link in (first, second):
        page = await client.another().get(link, status=410)
        assert page.h1 == "This link has been used"
    assert (await mails_to(AMINA.email))[-1]["template"] == "password-changed"
    await client.get("/reset")
    await client.submit("Send me the link", email=AMINA.email)
    link = await last_link(AMINA.email)
    clock.advance(timedelta(hours=1))
    page = await client.another().get(link, status=410)
    assert page.h1 == "This link is too old"


async def test_links_of_one_kind_do_not_open_another(client: Client) -> None:
    async with transaction():
        _id, reset = await issue_ticket(Purpose.RESET, email=AMINA.email, at=AT, person_id=await id_of(AMINA))
        _id, seat = await issue_ticket(Purpose.SEAT, email=NEW, at=AT)
    for path in (
        f"/confirm/{reset}",
        f"/invitation/{reset}",
        f"/confirm/{seat}",
        f"/reset/{seat}",
        "/confirm/x",
    ):
        await client.get(path, status=404)


async def test_an_invitation_of_somebody_new(client: Client) -> None:
    async with transaction():
        _id, token = await issue_ticket(Purpose.SEAT, email=NEW, at=AT)
    page = await client.get(f"/invitation/{token}")
    assert "invited to judge" in page.text
    page = await client.submit("Create my account", name="Dalia", password="two herons over it", follow=False)
    assert (page.status, page.location) == (303, "/bench")
    # Not spent: the seat is accepted on the bench. The link now leads there, or to signing in.
    page = await client.get(f"/invitation/{token}", follow=False, status=303)
    assert page.location == "/bench"
    page = await client.another().get(f"/invitation/{token}")
    assert page.h1 == "Your invitation"


async def test_an_invitation_of_somebody_with_an_account(client: Client, client_for: ClientFor) -> None:
    amina = await id_of(AMINA)
    async with transaction():
        _id, token = await issue_ticket(Purpose.OFFICIAL, email=AMINA.email, at=AT, person_id=amina)
    bao = await client_for(BAO)
    page = await bao.get(f"/invitation/{token}")
    assert "You are signed in as Bao Tran" in page.text
    page = await client.get(f"/invitation/{token}")
    assert "act for a city" in page.text
    page = await client.submit("Sign in", password=PASSWORD, follow=False, status=303)
    assert page.location == "/city/invitations"


async def test_the_account_page(client_for: ClientFor, client: Client) -> None:
    amina = await client_for(AMINA)
    elsewhere = await client_for(AMINA)
    page = await amina.get("/account")
    assert len(page.table("Your sessions")) == 3
    page = await amina.submit("#person", name="", zone="Asia/Seoul", status=422)
    assert page.errors
    assert 'value="Asia/Seoul" selected' in page.html
    page = await amina.submit("#person", name="Amina O’Koro", zone="Asia/Seoul")
    assert page.flash.startswith("Saved")
    assert "Amina O’Koro" in page.text
    page = await amina.submit("#new-password", current="wrong", password="eleven quiet herons", status=422)
    assert page.errors == ["This is not your present password"]
    page = await amina.submit("/account/sessions/end")
    assert page.flash.startswith("That device is signed out")
    assert (await elsewhere.get("/account")).h1 == "Sign in"
    page = await amina.submit("#new-password", current=PASSWORD, password="eleven quiet herons")
    assert page.flash.startswith("Your password is changed")


async def test_nobody_ends_the_session_of_another(client_for: ClientFor) -> None:
    bao = await client_for(BAO)
    rows = await Session.select(Session.id).where(Session.person == await id_of(BAO))
    amina = await client_for(AMINA)
    await client_for(AMINA)
    page = await amina.get("/account")
    form, _button = page.form("/account/sessions/end")
    csrf = next(i.get("value") for i in form.iter() if i.get("name") == "csrf")
    for session in (str(rows[0]["id"]), "0", "9" * 23, "x", ""):
        await amina.post("/account/sessions/end", {"csrf": csrf, "session": session}, status=404)
    assert (await bao.get("/account")).h1 == "Your account"


async def test_proof_of_identity(client_for: ClientFor, clock: FixedClock) -> None:
    amina = await client_for(AMINA)
    await amina.get("/prove?next=/account")
    clock.advance(timedelta(minutes=20))
    page = await amina.submit("Go on", password="wrong", status=422)
    page = await amina.submit("Go on", password=PASSWORD, follow=False, status=303)
    assert page.location == "/account"
    rows = await Session.select(Session.proved_at).where(Session.person == await id_of(AMINA))
    assert rows[0]["proved_at"] == clock.now()


async def test_sign_out_clears_the_browser(client_for: ClientFor) -> None:
    amina = await client_for(AMINA)
    await amina.get("/account")
    page = await amina.submit("Sign out", follow=False, status=303)
    assert page.response.headers["clear-site-data"] == '"cache", "storage"'
    assert "session" not in amina.http.cookies
