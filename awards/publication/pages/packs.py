"""Result packs and the program that checks them, as files."""

from datetime import datetime
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards import verifier
from awards.editions.queries import edition_by_slugs
from awards.editions.rules import Role, holds
from awards.errors import NotFound
from awards.publication import queries
from awards.publication.pack.levels import Audience
from awards.publication.pack.queries_sealed import public_pack, sealed_pack
from awards.web.arrival import arrival_of
from awards.web.render import public_file
from awards.web.session import actor_of, needs_sign_in
from awards.web.spreadsheet import download

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}"
JSON = "application/json"
VERIFIER = Path(verifier.__file__).parent


@get(HERE + "/pack.json", opt=PUBLIC)
async def newest_pack(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    return await _pack(request, programme, edition, None)


@get(HERE + "/versions/{number:int}/pack.json", opt=PUBLIC)
async def pack_of_version(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    return await _pack(request, programme, edition, number)


async def _pack(request: AnyRequest, programme: str, edition: str, number: int | None) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    pack = await public_pack(row.id, now, number)
    name = f"{programme}-{edition}-{pack.number}.json"
    return _free(pack.body.encode(), JSON, await queries.next_change(now), name)


@get("/desk/{programme:str}/{edition:str}/publication/{number:int}/auditor-pack", guards=[needs_sign_in])
async def auditor_pack(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    """Every sheet by its label, with what opens its commitment: for the edition's auditors and nobody else."""
    row = await edition_by_slugs(programme, edition)
    if not holds(actor_of(request), Role.AUDITOR, row.programme_id, row.id):
        raise NotFound
    pack = await sealed_pack(row.id, Audience.AUDITOR.value, number)
    return download(pack.body.encode(), f"{programme}-{edition}-{number}-auditor.json", JSON)


@get("/verify/verify_pack.py", opt=PUBLIC)
async def program(request: AnyRequest) -> Response[bytes]:
    return await _own_file(request, "verify_pack.py", "text/x-python")


@get("/verify/SPEC.md", opt=PUBLIC)
async def format_of_packs(request: AnyRequest) -> Response[bytes]:
    return await _own_file(request, "SPEC.md", "text/markdown")


@get("/verify/example-pack.json", opt=PUBLIC)
async def example(request: AnyRequest) -> Response[bytes]:
    return await _own_file(request, "example-pack.json", JSON)


async def _own_file(request: AnyRequest, name: str, media_type: str) -> Response[bytes]:
    now = arrival_of(request.scope).at
    content = (VERIFIER / name).read_bytes()
    return _free(content, f"{media_type}; charset=utf-8", await queries.next_change(now), name)


def _free(content: bytes, media_type: str, until: datetime, name: str) -> Response[bytes]:
    """For checkers on other people's pages too: there is nothing of a person in it, and no cookie is read."""
    answer = public_file(content, media_type, until=until, name=name)
    answer.headers["access-control-allow-origin"] = "*"
    answer.headers["cross-origin-resource-policy"] = "cross-origin"
    return answer


ROUTES: list[HTTPRouteHandler] = [
    newest_pack, pack_of_version, auditor_pack, program, format_of_packs, example
]  # fmt: skip
