"""Where a signed-in person begins, and what the secretariat sees of mail, jobs and the audit trail."""

import json
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.audit.actions import Action
from awards.audit.queries import chain_breaks, head
from awards.editions.pages_frame import on_desk
from awards.editions.queries import run_by
from awards.editions.rules import Role
from awards.errors import NotFound
from awards.operations import pages_heads, queries, services, words
from awards.operations.queries import Envelope, EventRow, JobState, Places
from awards.web.arrival import arrival_of
from awards.web.frame import Choice, Flash, Link
from awards.web.i18n import _, ngettext
from awards.web.mails import mail_text
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]

# Addresses in mails that open an account or an invitation to whoever has them.
SECRET_LINKS = ("/confirm/", "/reset/", "/invitation/")


class StartPage(Struct, frozen=True):
    title: str
    places: Places


@get("/start", guards=[needs_sign_in])
async def start(request: AnyRequest) -> Response[bytes]:
    places = await queries.places_of(actor_of(request), arrival_of(request.scope).at)
    if places.only:
        return redirect(request, places.only)
    return render(request, "operations/start.html", StartPage(_("Where you work"), places))


# --- mail ---------------------------------------------------------------------------------------------


class MailsPage(Struct, frozen=True):
    title: str
    path: str
    mails: tuple[Envelope, ...]
    state: str
    states: tuple[Choice, ...]
    opens: bool
    smtp: bool


class MailPage(Struct, frozen=True):
    title: str
    path: str
    mail: Envelope
    subject: str
    text: str
    lang: str
    withheld: bool


@get("/desk/{programme:str}/{edition:str}/mail", guards=[needs_sign_in])
async def mails(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    states = _mail_states()
    state = request.query_params.get("state", "")
    if state not in {choice.value for choice in states}:
        state = ""
    page = MailsPage(
        title=_("Mail"),
        path=f"{found.desk}/mail",
        mails=tuple(await queries.mails_of(found.id, state)),
        state=state,
        states=states,
        opens=True,
        smtp=bool(site_of(request).settings.smtp_host),
    )
    return on_desk(request, found, "operations/mails.html", page)


@get("/desk/{programme:str}/{edition:str}/mail/{message:int}", guards=[needs_sign_in])
async def mail(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], message: FromPath[int]
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    mail = await queries.mail_of(found.id, message)
    site = site_of(request)
    values: dict[str, str] = json.loads(mail.values)
    # Where no mail server is set up the secretariat hands links on by itself; elsewhere they are the reader's.
    withheld = bool(site.settings.smtp_host) and any(_is_secret(value) for value in values.values())
    if withheld:
        values = {name: "…" if _is_secret(value) else value for name, value in values.items()}
    shown = mail_text(site, mail.envelope.template, mail.lang, values)
    page = MailPage(
        title=_("Mail to %(to)s", to=mail.envelope.to),
        path=f"{found.desk}/mail",
        mail=mail.envelope,
        subject=shown.subject,
        text=shown.text,
        lang=shown.lang,
        withheld=withheld,
    )
    crumbs = (Link(page.path, _("Mail")), Link("", page.title, current=True))
    return on_desk(request, found, "operations/mail.html", page, crumbs=crumbs)


@post("/desk/{programme:str}/{edition:str}/mail/{message:int}/retry", guards=[needs_sign_in], status_code=303)
async def retry_mail(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], message: FromPath[int]
) -> Response[bytes]:
    found = await run_by(actor_of(request), programme, edition)
    await services.retry_mail(
        message_id=message,
        edition_id=found.id,
        actor=actor_of(request),
        as_role=Role.SECRETARIAT.value,
        clock=arrival_of(request.scope).clock,
    )
    return redirect(request, f"{found.desk}/mail", flash=_queued())


@get("/desk/mail", guards=[needs_sign_in])
async def all_mails(request: AnyRequest) -> Response[bytes]:
    _needs_admin(request)
    page = MailsPage(
        title=_("All mail"),
        path="/desk/mail",
        mails=tuple(await queries.newest_mails()),
        state="",
        states=(),
        opens=False,
        smtp=bool(site_of(request).settings.smtp_host),
    )
    return _server(request, "operations/mails.html", page, page.title)


@post("/desk/mail/{message:int}/retry", guards=[needs_sign_in], status_code=303)
async def retry_any_mail(request: AnyRequest, message: FromPath[int]) -> Response[bytes]:
    _needs_admin(request)
    await services.retry_mail(
        message_id=message,
        edition_id=None,
        actor=actor_of(request),
        as_role=Role.ADMIN.value,
        clock=arrival_of(request.scope).clock,
    )
    return redirect(request, "/desk/mail", flash=_queued())


def _queued() -> Flash:
    return Flash("good", _("The mail is tried again"), _("It goes out within a minute."))


def _mail_states() -> tuple[Choice, ...]:
    return (
        Choice("queued", _("Waiting")),
        Choice("sent", _("Sent")),
        Choice("failed", _("Could not be sent")),
        Choice("dropped", _("No longer needed")),
    )


def _is_secret(value: str) -> bool:
    return value.startswith(SECRET_LINKS)


# --- jobs ---------------------------------------------------------------------------------------------


class JobsPage(Struct, frozen=True):
    title: str
    jobs: tuple[JobState, ...]


@get("/desk/jobs", guards=[needs_sign_in])
async def jobs(request: AnyRequest) -> Response[bytes]:
    _needs_admin(request)
    page = JobsPage(_("Jobs"), tuple(await queries.newest_jobs()))
    return _server(request, "operations/jobs.html", page, page.title)


# --- the audit trail ----------------------------------------------------------------------------------


class AuditPage(Struct, frozen=True):
    title: str
    path: str
    events: tuple[EventRow, ...]
    total: int
    pages: tuple[Link, ...]
    before: str
    after: str
    action: str
    actions: tuple[Choice, ...]
    person: str
    people: tuple[Choice, ...]
    head: str
    auditor: bool


@get("/desk/{programme:str}/{edition:str}/audit", guards=[needs_sign_in])
async def audit(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found, auditor = await queries.read_trail(actor_of(request), programme, edition)
    path = f"{found.desk}/audit"
    people = await queries.people_of_trail(found.id)
    asked = request.query_params
    action = asked.get("action", "")
    if action not in {one.value for one in Action}:
        action = ""
    person = asked.get("person", "")
    if person not in {str(known) for known, _name in people}:
        person = ""
    number = asked.get("page", "1")
    number = number if number.isascii() and number.isdigit() and 1 <= len(number) <= 6 else "1"
    shown = max(1, int(number))
    trail = await queries.trail_of(
        found.id, action=action, person=int(person or -1), page=shown, auditor=auditor
    )
    query = urlencode({name: value for name, value in (("action", action), ("person", person)) if value})
    links = queries.links_to_pages(path, query, shown, trail.total)
    now = await head()
    page = AuditPage(
        title=_("Audit trail"),
        path=path,
        events=trail.events,
        total=trail.total,
        pages=links,
        before=next((link.href for link in links if link.text == str(shown - 1)), ""),
        after=next((link.href for link in links if link.text == str(shown + 1)), ""),
        action=action,
        actions=tuple(Choice(one.value, words.action(one)) for one in Action),
        person=person,
        people=tuple(Choice(str(known), name or _("The service")) for known, name in people),
        head=f"{now.seq}:{now.hash}",
        auditor=auditor,
    )
    return on_desk(request, found, "operations/audit.html", page)


@post("/desk/{programme:str}/{edition:str}/audit/verify", guards=[needs_sign_in], status_code=303)
async def verify(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    found, _auditor = await queries.read_trail(actor_of(request), programme, edition)
    problems = await chain_breaks()
    if problems:
        flash = Flash(
            "bad",
            _("The trail is broken"),
            ngettext(
                "%(num)d place does not fit, the first at event %(seq)d. Keep a copy of the database and "
                "find out who could write to it.",
                "%(num)d places do not fit, the first at event %(seq)d. Keep a copy of the database and "
                "find out who could write to it.",
                len(problems),
                seq=problems[0].seq,
            ),
        )
    else:
        now = await head()
        flash = Flash(
            "good",
            _("The trail is whole"),
            ngettext(
                "%(num)d event follows from the first, none is missing and none was changed.",
                "%(num)d events follow from one another, none is missing and none was changed.",
                now.seq,
            ),
        )
    return redirect(request, f"{found.desk}/audit", flash=flash)


# --- shared -------------------------------------------------------------------------------------------


def _server(request: AnyRequest, template: str, page: object, title: str) -> Response[bytes]:
    crumbs = (Link("/desk", _("Desk")), Link("", title, current=True))
    return render(request, template, page, role=_("administrator"), crumbs=crumbs)


def _needs_admin(request: AnyRequest) -> None:
    if not actor_of(request).has(Role.ADMIN.value):
        raise NotFound


ROUTES: list[HTTPRouteHandler] = [
    start,
    mails,
    mail,
    retry_mail,
    all_mails,
    retry_any_mail,
    jobs,
    audit,
    verify,
    *pages_heads.ROUTES,
]
