"""The set-up of an edition: a task list, and a form for each part."""

from collections.abc import Mapping

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.pages_setup_forms import (
    Req,
    SetupPage,
    Spot,
    Task,
    begin_prizes,
    change_list,
    list_of_parts,
    on_setup,
    save_part_form,
    save_section_form,
    section_form,
    show_part,
)
from awards.editions.queries import document_of, run_by
from awards.editions.rules import may_run
from awards.editions.setup import ListSection
from awards.editions.setup_lists import lists
from awards.editions.setup_rounds import criteria
from awards.editions.setup_sections import sections
from awards.errors import NotFound
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


@get("/desk/{programme:str}/{edition:str}/setup", guards=[needs_sign_in])
async def setup_page(request: Req, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    document = await document_of(row.id)
    here = f"{row.desk}/setup"
    whole = may_run(actor_of(request), row.programme_id) is None
    tasks = [
        Task(f"{here}/{one.slug}", one.title, True)
        for one in sections().values()
        if whole or one.slug != "programme"
    ]
    for one in lists().values():
        parts = one.parts(document)
        done = bool(parts)
        if one.slug == "rounds":
            done = done and all(part.criteria and all(c.weights for c in part.criteria) for part in parts)
        tasks.append(Task(f"{here}/{one.slug}", one.title, done, _("%(count)d so far", count=len(parts))))
    return on_setup(request, row, "editions/setup.html", SetupPage(_("Set-up"), row, tuple(tasks)))


async def _spot(request: Req, programme: str, edition: str, rest: str) -> Spot:
    row = await run_by(actor_of(request), programme, edition)
    return Spot(row, await document_of(row.id), f"{row.desk}/setup/{rest}")


def _list(slug: str) -> ListSection:
    known: Mapping[str, ListSection] = lists()
    if slug not in known:
        raise NotFound
    return known[slug]


async def _criteria_spot(request: Req, programme: str, edition: str, code: str) -> tuple[ListSection, Spot]:
    spot = await _spot(request, programme, edition, f"criteria/{code}")
    round_ = next((one for one in spot.document.rounds if one.code == code), None)
    if round_ is None:
        raise NotFound
    above = f"{spot.row.desk}/setup/rounds"
    crumbs = (Link(above, _("Rounds")), Link(f"{above}/{code}", round_.name))
    return criteria(code), Spot(spot.row, spot.document, spot.href, crumbs)


SETUP = "/desk/{programme:str}/{edition:str}/setup"
# Beside the lists, not below the rounds: a fixed word in an address hides every other word in its place.
CRITERIA = SETUP + "/criteria/{round_code:str}"


@get(SETUP + "/{section:str}", guards=[needs_sign_in])
async def section_page(
    request: Req, programme: FromPath[str], edition: FromPath[str], section: FromPath[str]
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    single = sections().get(section)
    if single is not None:
        page = section_form(single, spot, single.values(spot.document))
        return on_setup(request, spot.row, "editions/setup_form.html", page)
    return on_setup(request, spot.row, "editions/setup_list.html", list_of_parts(_list(section), spot))


@post(SETUP + "/{section:str}", guards=[needs_sign_in], status_code=303)
async def save_section(
    request: Req, programme: FromPath[str], edition: FromPath[str], section: FromPath[str]
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    single = sections().get(section)
    if single is None and section == "prizes":
        return await begin_prizes(request, _list(section), spot)
    if single is None:
        raise NotFound
    return await save_section_form(request, single, spot)


@get(SETUP + "/{section:str}/{code:str}", guards=[needs_sign_in])
async def part_page(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    section: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    return await show_part(request, _list(section), spot, code)


@post(SETUP + "/{section:str}/{code:str}", guards=[needs_sign_in], status_code=303)
async def save_part(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    section: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    return await save_part_form(request, _list(section), spot, code)


@post(SETUP + "/{section:str}/{code:str}/remove", guards=[needs_sign_in], status_code=303)
async def remove_part(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    section: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    return await change_list(request, _list(section), spot, code, "remove")


@post(SETUP + "/{section:str}/{code:str}/up", guards=[needs_sign_in], status_code=303)
async def move_part_up(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    section: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    spot = await _spot(request, programme, edition, section)
    return await change_list(request, _list(section), spot, code, "up")


@get(CRITERIA, guards=[needs_sign_in])
async def criteria_page(
    request: Req, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    section, spot = await _criteria_spot(request, programme, edition, round_code)
    return on_setup(request, spot.row, "editions/setup_list.html", list_of_parts(section, spot), spot.crumbs)


@get(CRITERIA + "/{code:str}", guards=[needs_sign_in])
async def criterion_page(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    section, spot = await _criteria_spot(request, programme, edition, round_code)
    return await show_part(request, section, spot, code)


@post(CRITERIA + "/{code:str}", guards=[needs_sign_in], status_code=303)
async def save_criterion(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    section, spot = await _criteria_spot(request, programme, edition, round_code)
    return await save_part_form(request, section, spot, code)


@post(CRITERIA + "/{code:str}/remove", guards=[needs_sign_in], status_code=303)
async def remove_criterion(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    section, spot = await _criteria_spot(request, programme, edition, round_code)
    return await change_list(request, section, spot, code, "remove")


@post(CRITERIA + "/{code:str}/up", guards=[needs_sign_in], status_code=303)
async def move_criterion_up(
    request: Req,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    code: FromPath[str],
) -> Response[bytes]:
    section, spot = await _criteria_spot(request, programme, edition, round_code)
    return await change_list(request, section, spot, code, "up")


ROUTES: list[HTTPRouteHandler] = [
    setup_page,
    section_page,
    save_section,
    part_page,
    save_part,
    remove_part,
    move_part_up,
    criteria_page,
    criterion_page,
    save_criterion,
    remove_criterion,
    move_criterion_up,
]
