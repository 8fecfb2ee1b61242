"""What the pages of one running application share. Made by `app`, found on the application's state."""

from dataclasses import dataclass, field
from typing import Any, cast

from jinja2 import Environment
from litestar.connection import ASGIConnection
from msgspec import Struct

from awards.clock import Clock
from awards.files.place import Files
from awards.settings import Settings
from awards.web.session import Cookies


class Masthead(Struct, frozen=True):
    """The programme as every page names it; the secretariat may change it while the server runs."""

    name: str = "WeGO Awards"
    contact: str = "awards@example.org"
    zone: str = "UTC"


@dataclass(slots=True)
class Site:
    settings: Settings
    clock: Clock
    templates: Environment
    cookies: Cookies
    languages: tuple[str, ...]
    files: Files
    masthead: Masthead = field(default_factory=Masthead)


def site_of(request: ASGIConnection[Any, Any, Any, Any]) -> Site:
    return cast("Site", request.app.state.site)
