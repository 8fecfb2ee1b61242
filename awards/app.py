"""The composition root: everything is put together here, and nothing happens at import."""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.logging import LoggingConfig
from litestar.params import FromPath

from awards import data_dir, db
from awards.accounts import pages as accounts_pages
from awards.accounts.pages.again import ask_again
from awards.actor import Actor
from awards.audit.queries import last_public_change
from awards.cities import pages as cities_pages
from awards.clock import Clock, SystemClock
from awards.db.versions import pending
from awards.demo import pages as demo_pages
from awards.editions import pages as editions_pages
from awards.editions.queries import editions, first_programme, signed_in
from awards.editions.queries.deadlines import closing_for
from awards.entries import pages as entries_pages
from awards.errors import AwardsError, NotFound, Unavailable
from awards.exchange import pages as exchange_pages
from awards.files import services as files_services
from awards.files.place import Files, files_of
from awards.messages import pages as messages_pages
from awards.operations import pages as operations_pages
from awards.operations import services_heads
from awards.outbox.letters import Letterhead, compose
from awards.outbox.mailers import FolderMailer, Mailer, SmtpMailer
from awards.outbox.worker import Letter
from awards.panels import pages as panels_pages
from awards.panels import services as panels_services
from awards.publication import pages as publication_pages
from awards.publication import services as publication_services
from awards.publication.pack import keys
from awards.results import jobs as results_jobs
from awards.results import pages as results_pages
from awards.scoresheets import pages as scoresheets_pages
from awards.scoresheets import services as scoresheets_services
from awards.settings import BadSettings, Settings
from awards.web import i18n, templating
from awards.web import session as web_session
from awards.web.arrival import Arrival
from awards.web.edge import Edge
from awards.web.fields import read_fields
from awards.web.health import health_routes
from awards.web.kept import KeptPages
from awards.web.packing import packed, takes_packed
from awards.web.problems import HANDLERS
from awards.web.session import (
    Cookies,
    SessionLayer,
    SignedIn,
    check_csrf,
    check_origin,
)
from awards.web.site import Masthead, Site, site_of
from awards.worker import Handler, Sweep, Worker

FEATURES = (
    accounts_pages,
    cities_pages,
    editions_pages,
    entries_pages,
    panels_pages,
    scoresheets_pages,
    results_pages,
    publication_pages,
    messages_pages,
    exchange_pages,
    operations_pages,
    demo_pages,
)

# Long work by name: who asks for a job of this kind finds its handler here.
JOB_HANDLERS: Mapping[str, Handler] = {**panels_services.JOB_HANDLERS, **results_jobs.JOB_HANDLERS}

# What the worker looks after by itself.
SWEEPS: Sequence[Sweep] = (
    panels_services.settle_rounds_at_work,
    services_heads.keep_heads,
    *publication_services.SWEEPS,
)

LARGEST_BODY = 2 * 1024 * 1024


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    mailer: Mailer | None = None,
    run_worker: bool = False,
    ticks: Callable[[], float] = time.monotonic,
) -> Edge:
    """The whole service as one ASGI application; the database in use is the one that `db.bind` set."""
    clock = clock or SystemClock()
    keys.bind(settings.data)
    site = make_site(settings, clock)
    worker = make_worker(site, mailer or mailer_for(settings))
    routes = [route for feature in FEATURES for route in feature.ROUTES]

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await _start(settings, site.files)
        task = asyncio.create_task(worker.run()) if run_worker else None
        # What start-up made lives for ever: kept out of the collector's way, its pauses vanish from the tail.
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await db.current().close()

    async def stamp() -> int:
        newest = await last_public_change()
        await read_masthead(site)
        return newest

    app = Litestar(
        route_handlers=[*routes, *health_routes(ready), _static],
        middleware=[
            lambda app: SessionLayer(app, identify, site.cookies, site.languages),
        ],
        before_request=check_form,
        exception_handlers=HANDLERS,
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        state=State({"site": site, "worker": worker}),
        lifespan=[lifespan],
        logging_config=LoggingConfig(configure_root_logger=False, log_exceptions="never"),
    )
    kept = KeptPages(app, stamp=stamp, ticks=ticks, languages=site.languages)
    return Edge(kept, litestar=app, settings=settings, clock=clock, ticks=ticks)


def make_site(settings: Settings, clock: Clock) -> Site:
    return Site(
        settings=settings,
        clock=clock,
        templates=templating.environment(data_dir("templates")),
        cookies=Cookies(settings.secure),
        languages=i18n.available(pseudo=settings.pseudo_locale),
        files=files_of(settings),
    )


async def read_masthead(site: Site) -> None:
    """What pages and mails call the programme, as it stands now: another process may have changed it."""
    programme = await first_programme()
    if programme is not None:
        site.masthead = Masthead(programme.name, programme.contact or site.masthead.contact, programme.zone)


async def identify(token_sha256: str, arrival: Arrival) -> SignedIn | None:
    found = await signed_in(token_sha256, arrival.at)
    if found is None:
        return None
    row, grants = found
    actor = Actor(
        person_id=row["person_id"],
        name=row["name"],
        lang=row["lang"],
        zone=row["zone"],
        grants=grants,
        session_id=row["session_id"],
        proved_at=row["proved_at"],
        request_id=arrival.request_id,
        address=arrival.address,
    )
    closing = await closing_for(actor.person_id, arrival.at) if row["closes_soon"] else None
    return SignedIn(actor, row["csrf"], closing, bool(row["shared"]))


async def check_form(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Every unsafe request proves that a page of ours made it: its origin, and the session's own token.

    A form of somebody whose session is over is answered here where its route `asks_again`.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    site = site_of(request)
    check_origin(request, site.settings)
    if request.route_handler.opt.get("asks_again") and web_session.signed_in(request) is None:
        return await ask_again(request)
    given = request.headers.get("x-csrf-token")
    if given is None:
        given = (await read_fields(request)).get("csrf", "")
    check_csrf(request, given, site.cookies)
    return None


async def ready() -> None:
    """Raises where the server cannot serve: the database is away, or its tables are not this version's."""
    await db.current().ping()
    if await pending():
        raise Unavailable("the database needs `awards migrate`")


async def _start(settings: Settings, files: Files) -> None:
    try:
        await files_services.try_store(files)
    except (Unavailable, OSError) as problem:
        logging.getLogger("awards").warning("files cannot be stored, pages work without: %s", problem)
    engine = db.current()
    try:
        await engine.start()
    except Unavailable:
        logging.getLogger("awards").warning("the database is away; the pages say so until it is back")
        return
    if settings.production:
        await refuse_demo()


async def refuse_demo() -> None:
    with contextlib.suppress(AwardsError):
        if any(edition.demo for edition in await editions()):
            raise BadSettings(
                "AWARDS_DATABASE_URL names a database that holds the demonstration: "
                "a production server refuses to start on it. Use an empty database."
            )


def mailer_for(settings: Settings) -> Mailer:
    if not settings.smtp_host:
        return FolderMailer(settings.mail_folder)
    return SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
    )


def make_worker(site: Site, mailer: Mailer) -> Worker:
    def draw(template: str, lang: str, values: Mapping[str, str]) -> str:
        with i18n.use(i18n.negotiate("", lang, site.languages)):
            return site.templates.get_template(template).render(
                mail=values, programme_name=site.masthead.name, contact_email=site.masthead.contact,
                lang=lang, dir=i18n.dir_of(lang),
            )  # fmt: skip

    def composed(letter: Letter) -> EmailMessage:
        head = Letterhead(site.settings.mail_from, site.masthead.name, site.settings.base_url)
        return compose(letter, head=head, draw=draw)

    known = False

    async def prepare() -> None:
        nonlocal known
        if not known:  # a server may be up before its tables
            await ready()
            known = True
        await read_masthead(site)

    return Worker(
        handlers={**JOB_HANDLERS, **files_services.handlers(site.files)},
        mailer=mailer,
        compose=composed,
        clock=site.clock,
        prepare=prepare,
        renewals=scoresheets_services.RENEWALS,
        sweeps=(*SWEEPS, files_services.sweep(site.files)),
    )


@get("/static/{name:path}", opt={"public": True}, include_in_schema=False)
async def _static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    found = templating.static_files().get(f"/static{name}")
    if found is None:
        raise NotFound
    content, media_type = found
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
    if takes_packed(request.headers.get("accept-encoding", "")):
        content, headers["content-encoding"] = packed(content), "gzip"
    return Response(content=content, media_type=media_type, headers=headers)


def routes_of(app: Litestar) -> list[HTTPRouteHandler]:
    return [handler for route in app.routes for handler in getattr(route, "route_handlers", ())]
