"""What judges say of themselves: biography, languages, and what they know of each field."""

from collections.abc import Mapping
from typing import Any, TypeVar

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.errors import NotFound
from awards.panels import services
from awards.panels.forms import DescribeYourself, SayExpertise
from awards.panels.pages.judges import levels
from awards.panels.queries.records import Knowing, OwnFields, own_fields
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
LEVEL = "level-"
Said = TypeVar("Said", bound=SayExpertise)


def said_levels(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(id of the field, level) of every list that the form sent."""
    return tuple(
        (name.removeprefix(LEVEL), value) for name, value in fields.items() if name.startswith(LEVEL)
    )


def with_levels(form: type[Said], fields: Mapping[str, str]) -> Said | FormErrors:
    """The command; a level that no list offers is told of at the top, because it is no field's own."""
    command = parse(form, {**fields, "levels": said_levels(fields)})
    if isinstance(command, FormErrors) and "levels" in command:
        return FormErrors({"": _("Choose what the judge knows from the lists")})
    return command


class ProfilePage(Struct, frozen=True):
    title: str
    own: OwnFields
    levels: tuple[Choice, ...]
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS

    def level(self, field: Knowing) -> str:
        return self.values.get(f"{LEVEL}{field.field_id}", "" if field.level is None else str(field.level))


@get("/bench/profile", guards=[needs_sign_in])
async def profile(request: AnyRequest) -> Response[bytes]:
    return await _profile(request, {})


@post("/bench/profile", guards=[needs_sign_in], status_code=303)
async def describe(request: AnyRequest) -> Response[bytes]:
    fields = await read_fields(request)
    command = with_levels(DescribeYourself, fields)
    if isinstance(command, FormErrors):
        return await _profile(request, fields, command)
    await services.describe_yourself(
        command=command, actor=actor_of(request), clock=arrival_of(request.scope).clock
    )
    return redirect(request, "/bench/profile", flash=Flash("good", _("Saved")))


async def _profile(
    request: AnyRequest, typed: Mapping[str, str], errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    own = await own_fields(actor_of(request).person_id)
    if own is None:
        raise NotFound
    page = ProfilePage(
        title=_("About you"),
        own=own,
        levels=levels(),
        values={
            "biography": own.biography,
            "languages": own.languages,
            # An unticked box sends nothing.
            "named": "1" if own.named_since and not typed else "",
            **typed,
        },
        errors=errors,
    )
    return render(
        request,
        "panels/profile.html",
        page,
        status=422 if errors else 200,
        role=_("judge"),
        crumbs=(Link("/bench", _("Your rounds")), Link("", page.title, True)),
    )


ROUTES: list[HTTPRouteHandler] = [profile, describe]
