"""Who holds which role: give, see, end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.actor import Actor
from awards.editions import services
from awards.editions.forms import EndRole, GrantRole
from awards.editions.queries.roles import GrantRow, grants_seen_by, scopes, scopes_granted_by
from awards.editions.rules import Role
from awards.errors import Denied, Invalid, NotFound
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, current
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

Req = Request[Any, Any, Any]
TYPED = ("name", "email", "role", "scope", "until")


class PeoplePage(Struct, frozen=True):
    title: str
    errors: FormErrors
    grants: Sequence[GrantRow]
    roles: tuple[Choice, ...]
    role_names: dict[str, str]
    scopes: tuple[Choice, ...]
    typed: dict[str, str]


def _role_names() -> dict[str, tuple[str, str]]:
    return {
        Role.SECRETARIAT.value: (_("Secretariat"), _("Runs editions: set-up, screening, panels, results.")),
        Role.SCREENER.value: (_("Screener"), _("Checks whether entries keep the rules.")),
        Role.AUDITOR.value: (_("Auditor"), _("Sees everything, changes nothing.")),
        Role.ADMIN.value: (_("Admin"), _("Keeps the service and names people. Sees no marks.")),
    }


async def _page(request: Req, actor: Actor, errors: FormErrors, typed: dict[str, str]) -> PeoplePage:
    known = await scopes()
    allowed = scopes_granted_by(actor, known)
    if not allowed:
        raise NotFound
    names = _role_names()
    offered = [role for role in names if role != Role.ADMIN.value or actor.has(Role.ADMIN.value)]
    return PeoplePage(
        title=_("People and roles"),
        errors=errors,
        grants=await grants_seen_by(actor, known, arrival_of(request.scope).at),
        roles=tuple(Choice(role, *names[role]) for role in offered),
        role_names={role: text for role, (text, _hint) in names.items()},
        scopes=tuple(Choice(scope.path, scope.name) for scope in allowed),
        typed=typed,
    )


async def _shown(
    request: Req, errors: FormErrors = NO_ERRORS, typed: dict[str, str] | None = None, status: int = 200
) -> Response[bytes]:
    page = await _page(request, actor_of(request), errors, {**dict.fromkeys(TYPED, ""), **(typed or {})})
    crumbs = (Link("/desk", _("The desk")), Link("", page.title, True))
    return render(request, "editions/people.html", page, status=status, role=_("secretariat"), crumbs=crumbs)


@get("/desk/people", guards=[needs_sign_in])
async def people_page(request: Req) -> Response[bytes]:
    return await _shown(request)


@post("/desk/people", guards=[needs_sign_in], status_code=303)
async def grant_role(request: Req) -> Response[bytes]:
    actor = actor_of(request)
    if not scopes_granted_by(actor, await scopes()):
        raise NotFound
    fields = await read_fields(request)
    typed = {name: fields.get(name, "") for name in TYPED}
    command = parse(GrantRole, fields)
    if isinstance(command, FormErrors):
        return await _shown(request, command, typed, 422)
    try:
        granted = await services.grant_role(
            command=command,
            until=_end(command.until),
            actor=actor,
            clock=arrival_of(request.scope).clock,
            lang=current(),
        )
    except Invalid as problem:
        return await _shown(request, FormErrors(problem.errors), typed, 422)
    except NotFound:
        return await _shown(request, FormErrors({"scope": _("Choose where the role holds")}), typed, 422)
    except Denied as problem:
        return await _shown(request, FormErrors({"role": problem.why}), typed, 403)
    text = _("An invitation is on its way to %(address)s.", address=granted.address)
    if not granted.invited:
        text = _("A mail tells %(name)s.", name=granted.name)
    return redirect(request, "/desk/people", flash=Flash("good", _("The role is given"), text))


def _end(text: str) -> datetime | None:
    """The last day in UTC, whole."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Invalid({"until": _("Enter a day such as 2027-12-31, or leave it empty")}) from None


@post("/desk/people/end", guards=[needs_sign_in], status_code=303)
async def end_role(request: Req) -> Response[bytes]:
    command = parse(EndRole, await read_fields(request))
    if isinstance(command, FormErrors):
        raise NotFound
    try:
        await services.end_role(
            grant_id=command.grant, actor=actor_of(request), clock=arrival_of(request.scope).clock
        )
    except Denied as problem:
        return await _shown(request, FormErrors({"": problem.why}), status=403)
    return redirect(request, "/desk/people", flash=Flash("good", _("The role has ended")))


ROUTES: list[HTTPRouteHandler] = [people_page, grant_role, end_role]
