"""The frame of the desk's pages for one edition: side navigation, the name above it, and in what role one reads."""

from collections.abc import Iterable

from awards.actor import Actor
from awards.editions.queries import EditionRow
from awards.editions.rules import Role, holds
from awards.web.frame import Link, Side
from awards.web.i18n import _

# Who finds a page beside the secretariat, which finds all of them.
READERS = {
    "": (Role.SCREENER, Role.AUDITOR),
    "/entries": (Role.SCREENER, Role.AUDITOR),
    "/exemptions": (Role.AUDITOR,),
    "/rulesets": (Role.AUDITOR,),
    "/extensions": (Role.AUDITOR,),
    "/panels": (Role.AUDITOR,),
    "/progress": (Role.AUDITOR,),
    "/results": (Role.AUDITOR,),
    "/prizes": (Role.AUDITOR,),
    "/publication": (Role.AUDITOR,),
    "/audit": (Role.AUDITOR,),
}


# Pages that are reached from another one, and marked with it.
_BELOW = {
    "/advancing": "/results",
    "/aside": "/results",
    "/extra": "/results",
    "/gate": "/results",
    "/otherwise": "/results",
    "/deliberation": "/results",
}


def side(edition: EditionRow, path: str, actor: Actor) -> Side:
    """The pages that the actor may open; `path` marks the current one by the longest address that begins it."""
    pages = (
        ("", _("Overview")),
        ("/setup", _("Set-up")),
        ("/rulesets", _("Rule changes")),
        ("/entries", _("Entries")),
        ("/drafts", _("Drafts")),
        ("/exemptions", _("Exceptions")),
        ("/extensions", _("Deadline")),
        ("/judges", _("Judges")),
        ("/panels", _("Panels")),
        ("/progress", _("Progress")),
        ("/results", _("Results")),
        ("/prizes", _("Prizes")),
        ("/publication", _("Publication")),
        ("/messages", _("Messages")),
        ("/mail", _("Mail")),
        ("/audit", _("Audit trail")),
    )
    for below, above in _BELOW.items():
        path = path.replace(edition.desk + below, edition.desk + above, 1)
    here = max((part for part, _text in pages if path.startswith(edition.desk + part)), key=len)
    held = [role for role in Role if holds(actor, role, edition.programme_id, edition.id)]
    links = tuple(
        Link(edition.desk + part, text, current=part == here)
        for part, text in pages
        if any(role in (Role.SECRETARIAT, *READERS.get(part, ())) for role in held)
    )
    return Side(edition.name, links)


def place(edition: EditionRow) -> Link:
    return Link("/desk", edition.name)


def role_of(edition: EditionRow, actor: Actor) -> str:
    """In what role the actor reads the edition, in words."""
    return in_words(role for role in Role if holds(actor, role, edition.programme_id, edition.id))


def in_words(held: Iterable[Role]) -> str:
    """Of several roles the one that may do most."""
    words = {
        Role.SECRETARIAT: _("secretariat"),
        Role.SCREENER: _("screener"),
        Role.AUDITOR: _("auditor"),
        Role.ADMIN: _("administrator"),
    }
    roles = set(held)
    return next((text for role, text in words.items() if role in roles), "")


def milestone_name(kind: str) -> str:
    return {
        "opens": _("The call opens"),
        "closes": _("Deadline for entries"),
        "screening": _("Screening is done"),
        "announcement": _("Results are announced"),
        "ceremony": _("Ceremony"),
    }.get(kind, kind.capitalize())
