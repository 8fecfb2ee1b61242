"""Whom cities named for the pool: the secretariat decides, the person agrees or does not."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.errors import Invalid, NotFound, Stale
from awards.panels import services
from awards.panels.forms_nominations import AnswerNomination, DecideNomination
from awards.panels.queries.nominations import Named, asked_of, named_for
from awards.panels.rules import NominationState
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
DESK = "/desk/{programme:str}/{edition:str}/judges/nominations"


class NominatedPage(Struct, frozen=True):
    title: str
    path: str
    asked: tuple[Named, ...]
    decided: tuple[Named, ...]
    outcomes: tuple[Choice, ...]
    words: Mapping[str, str]
    form: str
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(DESK, guards=[needs_sign_in])
async def nominated(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    return await _desk(request, await run_by(actor_of(request), programme, edition))


async def _desk(
    request: AnyRequest,
    found: EditionRow,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    known = await named_for(found.id)
    page = NominatedPage(
        title=_("Judges named by cities"),
        path=f"{found.desk}/judges/nominations",
        asked=tuple(one for one in known if one.state is NominationState.ASKED),
        decided=tuple(one for one in known if one.state is not NominationState.ASKED),
        outcomes=(
            Choice("accept", _("Accept: the person is asked by mail, and is in the pool once they agree")),
            Choice("decline", _("Decline: tell the city why")),
        ),
        words={
            "accepted": _("Asked, no answer yet"),
            "agreed": _("In the pool"),
            "refused": _("The person does not want to"),
            "declined": _("Declined"),
        },
        form=form,
        values=values or {},
        errors=errors,
    )
    crumbs = (Link(f"{found.desk}/judges", _("Judges")), Link("", page.title, True))
    return on_desk(request, found, "panels/nominated.html", page, crumbs=crumbs, status=status)


@post(DESK, guards=[needs_sign_in], status_code=303)
async def decide(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    form = f"decide-{fields.get('nomination', '')[:10]}"
    command = parse(DecideNomination, fields)
    if isinstance(command, FormErrors):
        return await _desk(request, found, form, fields, command, 422)
    try:
        state = await services.decide_nomination(
            programme_id=found.programme_id, edition_id=found.id, command=command, actor=actor, clock=clock
        )
    except Invalid as problem:
        return await _desk(request, found, form, fields, FormErrors(problem.errors), 422)
    except Stale:
        why = _("Somebody changed this before you. Look at it again.")
        return await _desk(request, found, form, fields, FormErrors({"": why}), 409)
    said = {
        NominationState.ACCEPTED: _("The person is asked by mail; the city has one too."),
        NominationState.AGREED: _("The person was in the pool already; the nomination is on record."),
        NominationState.DECLINED: _("The city has a mail with your reason."),
    }
    return redirect(
        request, f"{found.desk}/judges/nominations", flash=Flash("good", _("Decided"), said.get(state, ""))
    )


# --- the person ----------------------------------------------------------------------------------------


class AskedPage(Struct, frozen=True):
    title: str
    asked: tuple[Named, ...]
    answers: tuple[Choice, ...]
    errors: FormErrors = NO_ERRORS


async def _asked(request: AnyRequest, errors: FormErrors = NO_ERRORS, status: int = 200) -> Response[bytes]:
    page = AskedPage(
        title=_("A city named you as a judge"),
        asked=tuple(await asked_of(actor_of(request).person_id)),
        answers=(
            Choice(
                "agree", _("I agree"), _("You are in the pool. You are invited to each round separately.")
            ),
            Choice("refuse", _("I do not want to"), _("Nothing about you is kept in the pool.")),
        ),
        errors=errors,
    )
    return render(
        request,
        "panels/asked.html",
        page,
        status=status,
        crumbs=(Link("/bench", _("Your rounds")), Link("", page.title, True)),
    )


@get("/bench/nominations", guards=[needs_sign_in])
async def asked(request: AnyRequest) -> Response[bytes]:
    return await _asked(request)


@post("/bench/nominations/{nomination_id:int}", guards=[needs_sign_in], status_code=303)
async def answer(request: AnyRequest, nomination_id: FromPath[int]) -> Response[bytes]:
    if not 0 < nomination_id <= BIGGEST_ID:
        raise NotFound
    command = parse(AnswerNomination, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _asked(request, command, 422)
    try:
        await services.answer_nomination(
            nomination_id=nomination_id,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        return await _asked(request, FormErrors({"": _("You have answered this already.")}), 409)
    if command.answer == "agree":
        flash = Flash(
            "good", _("You are in the pool of judges"), _("Say what you know, so that entries fit you.")
        )
        return redirect(request, "/bench/profile", flash=flash)
    return redirect(request, "/bench/nominations", flash=Flash("", _("You are not in the pool")))


ROUTES: list[HTTPRouteHandler] = [nominated, decide, asked, answer]
