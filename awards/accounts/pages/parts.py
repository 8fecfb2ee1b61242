"""What the pages share: where a request comes from, and the cookies of a session."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from awards import ids
from awards.accounts import queries, services
from awards.accounts.rules import ABSOLUTE
from awards.web import i18n
from awards.web.arrival import arrival_of
from awards.web.session import person_key, signed_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]


def origin_of(request: AnyRequest) -> services.From:
    arrival = arrival_of(request.scope)
    found = signed_in(request)
    return services.From(
        address=arrival.address,
        agent=request.headers.get("user-agent", "").replace("\x00", ""),
        request_id=arrival.request_id,
        lang=i18n.current(),
        session_id=found.actor.session_id if found else None,
    )


def session_cookies(request: AnyRequest, token: str, *, shared: bool = False) -> list[Cookie]:
    """The new session's; the visitor's form token dies with the visit."""
    cookies = site_of(request).cookies
    lasting = None if shared else int(ABSOLUTE.total_seconds())
    return [cookies.set(cookies.session, token, max_age=lasting), cookies.drop(cookies.visit)]


async def after_others(request: AnyRequest, answer: Response[bytes], token: str) -> Response[bytes]:
    """Copies of entries that somebody else kept on this device for work offline leave it as this session begins."""
    cookies = site_of(request).cookies
    keeper = request.cookies.get(cookies.keeper)
    if keeper and keeper != person_key((await queries.session_of(ids.token_hash(token))).person_id):
        clear(request, answer)
    return answer


def clear(request: AnyRequest, answer: Response[bytes]) -> None:
    """What the browser kept of pages for one person goes; the cookies of the next page stay."""
    cookies = site_of(request).cookies
    answer.headers["clear-site-data"] = '"cache", "storage"'
    answer.cookies.append(cookies.drop(cookies.keeper))
