"""What the pool remembers of one judge: affiliations with dates, nominations, expertise. For the secretariat."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.queries import run_by
from awards.errors import Invalid
from awards.panels import services
from awards.panels.forms import (
    AddAffiliation,
    EndAffiliation,
    NominateJudge,
    SayExpertise,
    WithdrawNomination,
)
from awards.panels.pages.judges import draw, known_judge
from awards.panels.pages.profile import with_levels
from awards.panels.queries.overrides import reads_in_conflict
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import Flash, FormErrors
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/judges/{person:int}"


async def _on_judge(
    request: AnyRequest,
    at: tuple[str, str, int],
    name: str,
    read: Callable[[Fields], Parsed | FormErrors],
    verb: Callable[..., Awaitable[None]],
) -> Response[bytes]:
    """Do what one of the page's forms asks and come back; or the page again with every error."""
    programme, edition, person = at
    actor = actor_of(request)
    found = await run_by(actor, programme, edition)
    row = await known_judge(found, person)
    fields = await read_fields(request)
    command = read(fields)
    if isinstance(command, FormErrors):
        return await draw(request, found, row, fields, command, form=name)
    try:
        await verb(
            programme_id=found.programme_id,
            edition_id=found.id,
            person_id=person,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Invalid as problem:
        return await draw(request, found, row, fields, FormErrors(problem.errors), form=name)
    now_forbidden = await reads_in_conflict(person, found.id, arrival_of(request.scope).at)
    return redirect(request, f"{found.desk}/judges/{person}", flash=saved(now_forbidden))


def saved(now_forbidden: Mapping[str, int]) -> Flash:
    """Saved; what was given before this was known is told of, because it is settled on another page."""
    if not now_forbidden:
        return Flash("good", _("Saved"))
    said = [
        ngettext(
            "%(num)d entry that this judge has is forbidden now (%(round)s).",
            "%(num)d entries that this judge has are forbidden now (%(round)s).",
            count,
            round=name,
        )
        for name, count in now_forbidden.items()
    ]
    return Flash("warn", _("Saved"), " ".join([*said, _("The conflict report of the round settles it.")]))


@post(f"{HERE}/affiliations", guards=[needs_sign_in], status_code=303)
async def add_affiliation(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    at = programme, edition, person
    return await _on_judge(
        request, at, "affiliation", partial(parse, AddAffiliation), services.add_affiliation
    )


@post(f"{HERE}/affiliations/end", guards=[needs_sign_in], status_code=303)
async def end_affiliation(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    at = programme, edition, person
    return await _on_judge(request, at, "end", partial(parse, EndAffiliation), services.end_affiliation)


@post(f"{HERE}/nominations", guards=[needs_sign_in], status_code=303)
async def nominate(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    at = programme, edition, person
    return await _on_judge(request, at, "nomination", partial(parse, NominateJudge), services.nominate_judge)


@post(f"{HERE}/nominations/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw_nomination(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    at = programme, edition, person
    return await _on_judge(
        request, at, "withdrawal", partial(parse, WithdrawNomination), services.withdraw_nomination
    )


@post(f"{HERE}/expertise", guards=[needs_sign_in], status_code=303)
async def say_expertise(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], person: FromPath[int]
) -> Response[bytes]:
    def read(fields: Fields) -> SayExpertise | FormErrors:
        return with_levels(SayExpertise, fields)

    return await _on_judge(request, (programme, edition, person), "expertise", read, services.say_expertise)


ROUTES: list[HTTPRouteHandler] = [
    add_affiliation,
    end_affiliation,
    nominate,
    withdraw_nomination,
    say_expertise,
]
