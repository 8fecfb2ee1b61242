"""What the pages of one round's progress share: the ways between them, and their numbers."""

from collections.abc import Mapping
from urllib.parse import urlencode

from awards.panels.queries import RoundRow
from awards.web.frame import Link
from awards.web.i18n import _


def views_of(found: RoundRow, here: str, category: str) -> tuple[Link, ...]:
    """The grid, the judges, the entries, what is on paper and what came late, each of the category that is shown."""
    query = f"?{urlencode({'category': category})}" if category else ""
    return tuple(
        Link(found.progress + part + query, text, current=part == here)
        for part, text in (
            ("", _("Every sheet")),
            ("/judges", _("By judge")),
            ("/entries", _("By entry")),
            ("/paper", _("On paper")),
            ("/late", _("Arrived late")),
        )
    )


def addressed(path: str, asked: Mapping[str, object]) -> str:
    """With what is asked for, as far as it is not what anybody gets."""
    query = urlencode({name: value for name, value in asked.items() if value not in ("", None)})
    return f"{path}?{query}" if query else path


def pages_of(path: str, asked: Mapping[str, object], total: int, size: int, page: int) -> tuple[Link, ...]:
    """A link to each page of a long list; none where one page holds all."""
    count = -(-total // size)
    if count < 2:
        return ()
    return tuple(
        Link(
            addressed(path, {**asked, "page": number if number > 1 else ""}),
            str(number),
            current=number == min(page, count),
        )
        for number in range(1, count + 1)
    )
