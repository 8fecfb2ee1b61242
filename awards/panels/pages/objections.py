"""What a city tells of its entry: whom it asks not to judge it, and who supplies it. The secretariat answers."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.entries.queries import OwnEntry, own_entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import queries, services
from awards.panels.forms_conflicts import (
    AddSupplier,
    DecideObjection,
    EndSupplier,
    Object,
    WithdrawObjection,
)
from awards.panels.queries.objections import (
    AskedObjection,
    OwnObjection,
    Supplier,
    entries_to_supply,
    objections_of_edition,
    objections_of_entry,
    suppliers_of_edition,
    suppliers_of_entry,
)
from awards.panels.rules import ObjectionState
from awards.panels.sentences import sheets_words
from awards.panels.services.suppliers import CITY, SECRETARIAT
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
OWN = "/city/entries/{reference:str}/about-judges"
DESK = "/desk/{programme:str}/{edition:str}/judges/objections"


async def _attempt(
    form: type[Parsed], fields: Fields, verb: Callable[[Parsed], Awaitable[Flash]]
) -> Flash | tuple[FormErrors, int]:
    """What it came to, or every error with its status."""
    command = parse(form, fields)
    try:
        if isinstance(command, FormErrors):
            return command, 422
        return await verb(command)
    except Invalid as problem:
        return FormErrors(problem.errors), 422
    except Denied as problem:
        return FormErrors({"": problem.why}), 403
    except Stale:
        return FormErrors({"": _("Somebody changed this before you. Look at it again.")}), 409


# --- the city ------------------------------------------------------------------------------------------


class OwnPage(Struct, frozen=True):
    title: str
    path: str
    objections: tuple[OwnObjection, ...]
    suppliers: tuple[Supplier, ...]
    may_write: bool
    form: str
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(OWN, guards=[needs_sign_in])
async def own_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    return await _own(request, await own_entry(actor_of(request), reference, arrival_of(request.scope).at))


async def _own(
    request: AnyRequest,
    entry: OwnEntry,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    page = OwnPage(
        title=_("Judges and suppliers"),
        path=f"{entry.path}/about-judges",
        objections=tuple(await objections_of_entry(entry.id)),
        suppliers=tuple(await suppliers_of_entry(entry.id)),
        may_write=entry.may_write,
        form=form,
        values=values or {},
        errors=errors,
    )
    crumbs = (Link("/city", _("Your entries")), Link(entry.path, entry.title), Link("", page.title, True))
    return render(
        request,
        "panels/own_objections.html",
        page,
        status=status,
        crumbs=crumbs,
        role=_("city official"),
        place=Link("", entry.edition_name),
        demo=entry.demo,
    )


async def _on_own(
    request: AnyRequest,
    reference: str,
    name: str,
    form: type[Parsed],
    verb: Callable[..., Awaitable[object]],
    flash: Flash,
) -> Response[bytes]:
    actor, arrival = actor_of(request), arrival_of(request.scope)
    entry = await own_entry(actor, reference, arrival.at)
    fields = await read_fields(request)

    async def run(command: Parsed) -> Flash:
        await verb(reference=entry.reference, command=command, actor=actor, clock=arrival.clock)
        return flash

    came = await _attempt(form, fields, run)
    if isinstance(came, Flash):
        return redirect(request, f"{entry.path}/about-judges", flash=came)
    return await _own(request, entry, name, fields, *came)


@post(OWN, guards=[needs_sign_in], status_code=303)
async def object_to(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    flash = Flash(
        "good",
        _("The secretariat has your request"),
        _("It does not tell who judges, so the answer may be short."),
    )
    return await _on_own(request, reference, "object", Object, services.object_to_judge, flash)


@post(OWN + "/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    flash = Flash("", _("Your request is withdrawn"))
    return await _on_own(
        request, reference, "withdraw", WithdrawObjection, services.withdraw_objection, flash
    )


@post(OWN + "/suppliers", guards=[needs_sign_in], status_code=303)
async def own_supplier(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    verb = partial(services.add_supplier, source=CITY)
    return await _on_own(request, reference, "supplier", AddSupplier, verb, Flash("good", _("Saved")))


@post(OWN + "/suppliers/end", guards=[needs_sign_in], status_code=303)
async def end_own_supplier(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    verb = partial(services.end_supplier, source=CITY)
    return await _on_own(request, reference, "end", EndSupplier, verb, Flash("", _("Taken off the list")))


# --- the secretariat -----------------------------------------------------------------------------------


class AskedLine(Struct, frozen=True):
    """One request, with the judges of the pool whom the name may mean."""

    asked: AskedObjection
    likely: str
    """The person whom the name means, where only one of the pool is likely; else empty."""


class ObjectionsPage(Struct, frozen=True):
    title: str
    path: str
    asked: tuple[AskedLine, ...]
    decided: tuple[AskedObjection, ...]
    judges: tuple[Choice, ...]
    outcomes: tuple[Choice, ...]
    words: Mapping[str, str]
    suppliers: tuple[Supplier, ...]
    entries: tuple[Choice, ...]
    form: str
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str, default: str = "") -> str:
        return self.values.get(name, default) if self.form == form else default


@get(DESK, guards=[needs_sign_in])
async def objections(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    return await _desk(request, await run_by(actor_of(request), programme, edition))


async def _desk(
    request: AnyRequest,
    found: EditionRow,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    known = await objections_of_edition(found.id)
    again = form.removeprefix("decide-") or request.query_params.get("again", "")
    pool = await queries.pool(found.id)
    lines = []
    for one in known:
        likely = [str(judge.person_id) for judge in pool if one.may_mean(judge.name)]
        if one.state is ObjectionState.ASKED or (one.state is ObjectionState.NOBODY and str(one.id) == again):
            lines.append(AskedLine(one, likely[0] if len(likely) == 1 else ""))
    page = ObjectionsPage(
        title=_("What cities tell about judges"),
        path=f"{found.desk}/judges/objections",
        asked=tuple(lines),
        decided=tuple(one for one in known if one.state is not ObjectionState.ASKED),
        judges=tuple(Choice(str(judge.person_id), judge.name) for judge in pool),
        outcomes=(
            Choice("accept", _("The judge does not judge this entry")),
            Choice("none", _("Nobody of the pool is meant: note it")),
            Choice("decline", _("Decline: tell the city why")),
        ),
        words={
            "accepted": _("Does not judge it"),
            "nobody": _("Nobody of the pool"),
            "declined": _("Declined"),
        },
        suppliers=tuple(await suppliers_of_edition(found.id)),
        entries=tuple(Choice(reference, text) for reference, text in await entries_to_supply(found.id)),
        form=form,
        values=values or {},
        errors=errors,
    )
    crumbs = (Link(f"{found.desk}/judges", _("Judges")), Link("", page.title, True))
    return on_desk(request, found, "panels/objections.html", page, crumbs=crumbs, status=status)


@post(DESK, guards=[needs_sign_in], status_code=303)
async def decide(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)

    async def put(command: DecideObjection) -> Flash:
        aside, kept = await services.decide_objection(
            programme_id=found.programme_id, edition_id=found.id, command=command, actor=actor, clock=clock
        )
        words = " ".join(sheets_words(aside, kept))
        return Flash("warn" if kept else "good", _("Decided"), words)

    came = await _attempt(DecideObjection, fields, put)
    if isinstance(came, Flash):
        return redirect(request, f"{found.desk}/judges/objections", flash=came)
    return await _desk(request, found, f"decide-{fields.get('objection', '')[:10]}", fields, *came)


async def _supply(
    request: AnyRequest,
    at: tuple[str, str],
    name: str,
    form: type[Parsed],
    verb: Callable[..., Awaitable[object]],
    flash: Flash,
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await run_by(actor, *at)
    fields = await read_fields(request)
    reference = fields.get("reference", "")[:30]

    async def run(command: Parsed) -> Flash:
        if not reference:
            raise Invalid({"reference": _("Choose the entry")})
        if not any(one == reference for one, _text in await entries_to_supply(found.id)):
            raise NotFound
        await verb(reference=reference, source=SECRETARIAT, command=command, actor=actor, clock=clock)
        return flash

    came = await _attempt(form, fields, run)
    if isinstance(came, Flash):
        return redirect(request, f"{found.desk}/judges/objections", flash=came)
    return await _desk(request, found, name, fields, *came)


@post(DESK + "/suppliers", guards=[needs_sign_in], status_code=303)
async def supplier(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    at = programme, edition
    return await _supply(
        request, at, "supplier", AddSupplier, services.add_supplier, Flash("good", _("Saved"))
    )


@post(DESK + "/suppliers/end", guards=[needs_sign_in], status_code=303)
async def end_supplier(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    at = programme, edition
    return await _supply(
        request, at, "end", EndSupplier, services.end_supplier, Flash("", _("Taken off the list"))
    )


ROUTES: list[HTTPRouteHandler] = [
    own_page,
    object_to,
    withdraw,
    own_supplier,
    end_own_supplier,
    objections,
    decide,
    supplier,
    end_supplier,
]
