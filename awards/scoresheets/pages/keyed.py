"""What was keyed in of a judge's paper sheet, shown to the judge alone: these are my marks, or not right."""

from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries.queries import JudgedEntry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.scoresheets import queries, services
from awards.scoresheets.criteria import drawn
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.forms_paper import RefuseKeying
from awards.scoresheets.keying import OPEN, Paper
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import SheetView
from awards.scoresheets.queries.keyed import OwnKeying, own_keying
from awards.scoresheets.rules import Confidence
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse_drawn
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day, day_time

AnyRequest = Request[Any, Any, Any]
KEYED = "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/paper"


class KeyedPage(Struct, frozen=True):
    title: str
    reference: str
    city: str
    path: str
    sheet_path: str
    version: int
    facts: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    lacking: int
    closed: str
    deadline: datetime
    zone: str
    remark: str
    typed: str
    errors: FormErrors = NO_ERRORS


@get(KEYED, guards=[needs_sign_in])
async def ask(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    return await _page(request, Where(programme, edition, round_code, reference))


@post(KEYED, guards=[needs_sign_in], status_code=303)
async def answer(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    where = Where(programme, edition, round_code, reference)
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    fields = await read_fields(request)
    bench = f"/bench/{programme}/{edition}/{round_code}"
    typed = fields.get("remark", "")
    try:
        if fields.get("answer") == "mine":
            signature = await services.sign_sheets(
                programme=programme,
                edition=edition,
                round_code=round_code,
                command=SignSheets(sheets=(f"{reference}:{fields.get('version', '')}",), agree="1"),
                actor=actor,
                clock=clock,
            )
            flash = Flash("good", _("The sheet is signed off"), _("It counts as it stood on your paper."))
            return redirect(request, f"{bench}/receipts/{signature.place}", flash=flash)
        command = parse_drawn(RefuseKeying, fields)
        if isinstance(command, FormErrors):
            return await _page(request, where, command, typed, 422)
        await services.refuse_keying(where=where, command=command, actor=actor, clock=clock)
    except Invalid as problem:
        return await _page(request, where, FormErrors({"": " ".join(problem.errors.values())}), typed, 422)
    except Denied as problem:
        return await _page(request, where, FormErrors({"": problem.why}), typed, 403)
    except Stale:
        text = _("The sheet changed since this page was drawn. Look at it once more.")
        return await _page(request, where, FormErrors({"": text}), typed, 409)
    flash = Flash("good", _("Sent back"), _("The secretariat keys it in again, and you are asked once more."))
    return redirect(request, bench, flash=flash)


async def _page(
    request: AnyRequest, where: Where, errors: FormErrors = NO_ERRORS, typed: str = "", status: int = 200
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    keying = await own_keying(actor, where)
    if keying is None:
        raise NotFound
    view = await queries.sheet_for_judge(actor, where, now)
    sheet_path = f"{view.round.bench}/{view.reference}"
    if view.entry is None or keying.paper not in OPEN:
        # The sheet's own page says what is still owed, or what became of it.
        told = (
            Flash("now", _("Nothing was sent"), _("This sheet no longer waits for your word."))
            if errors
            else None
        )
        return redirect(request, sheet_path, flash=told)
    page = _drawn(view, keying, now, errors, typed)
    return on_the_bench(
        request,
        "scoresheets/keyed.html",
        page,
        view.round,
        Link(view.round.bench, _("Your entries")),
        Link("", page.reference, True),
        status=status,
    )


def _drawn(view: SheetView, keying: OwnKeying, now: datetime, errors: FormErrors, typed: str) -> KeyedPage:
    assert view.entry is not None
    entry, refused = view.entry, view.closed(now)
    criteria = drawn(view.criteria, view.round.kind)
    sure = {
        Confidence.HIGH.value: _("Sure"),
        Confidence.MIDDLE.value: _("Fairly sure"),
        Confidence.LOW.value: _("Unsure"),
    }
    facts = [(one.label, one.said or _("no mark")) for one in criteria]
    if view.round.confidence:
        facts.append((_("How sure you are"), sure.get(view.confidence, _("not said"))))
    told = _("%(time)s, by %(name)s", time=day_time(keying.keyed_at), name=keying.keyed_by)
    paper = ((_("Date on the paper"), day(date.fromisoformat(keying.paper_date))), (_("Keyed in"), told))
    notes = ((_("To the city"), view.note_city), (_("To the secretariat"), view.note_secretariat))
    path = f"{view.round.bench}/{view.reference}"
    return KeyedPage(
        title=_("Are these your marks? %(title)s", title=entry.title),
        reference=view.reference,
        city=f"{entry.entrant}, {entry.country_label}" if isinstance(entry, JudgedEntry) else "",
        path=f"{path}/paper",
        sheet_path=path,
        version=keying.version,
        facts=(*paper, *facts),
        notes=tuple((label, text) for label, text in notes if text),
        lacking=sum(not one.mark for one in criteria),
        closed=refused.why if refused else "",
        deadline=view.deadline,
        zone=view.round.edition.zone,
        remark=keying.remark if keying.paper is Paper.WRONG else "",
        typed=typed,
        errors=errors,
    )


ROUTES: list[HTTPRouteHandler] = [ask, answer]
