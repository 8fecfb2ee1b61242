"""Who holds which role over what."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import INSTANCE, Actor
from awards.editions.rules import Role, may_grant
from awards.editions.tables import Edition, RoleGrant
from awards.errors import NotFound
from awards.web.i18n import _

EVERYWHERE = "everywhere"


class Scope(Struct, frozen=True):
    """`path` is how forms and people name it, `key` how a grant keeps it."""

    path: str
    key: str
    name: str
    programme_id: int = 0
    edition_id: int = 0


async def scopes() -> list[Scope]:
    """Everything, then each programme with its editions."""
    rows = await Edition.raw(
        """
        SELECT p.id AS programme_id, p.slug AS programme, p.name AS programme_name,
               e.id AS edition_id, e.slug, e.name
        FROM programme p LEFT JOIN edition e ON e.programme = p.id ORDER BY p.id, e.year DESC, e.id DESC
        """
    )
    found = {INSTANCE: Scope(EVERYWHERE, INSTANCE, _("Everything on this service"))}
    for row in rows:
        found.setdefault(f"programme:{row['programme_id']}", _programme(row))
        if row["edition_id"] is not None:
            found[f"edition:{row['edition_id']}"] = Scope(
                f"{row['programme']}/{row['slug']}",
                f"edition:{row['edition_id']}",
                row["name"],
                row["programme_id"],
                row["edition_id"],
            )
    return list(found.values())


def _programme(row: dict[str, Any]) -> Scope:
    return Scope(
        row["programme"],
        f"programme:{row['programme_id']}",
        _("%(programme)s, every edition", programme=row["programme_name"]),
        row["programme_id"],
    )


async def scope_of_path(path: str) -> Scope:
    return _only(scope for scope in await scopes() if scope.path == path)


async def scope_of_grant(key: str) -> Scope:
    return _only(scope for scope in await scopes() if scope.key == key)


def _only(found: Any) -> Scope:
    scope: Scope | None = next(iter(found), None)
    if scope is None:
        raise NotFound
    return scope


class GrantRow(Struct, frozen=True):
    id: int
    name: str
    address: str
    role: Role
    scope: Scope
    since: datetime
    until: datetime | None
    by: str
    may_end: bool


async def grants_seen_by(actor: Actor, known: list[Scope], now: datetime) -> list[GrantRow]:
    """Roles that hold now, of those scopes over which the actor may give some."""
    rows = await RoleGrant.raw(
        """
        SELECT g.id, p.name, m.address, g.role, g.scope, g.since, g."until" AS ends, b.name AS giver
        FROM role_grant g JOIN person p ON p.id = g.person
        LEFT JOIN email_address m ON m.person = p.id AND m.is_primary
        LEFT JOIN person b ON b.id = g."by" ORDER BY p.name, g.id
        """
    )
    by_key = {scope.key: scope for scope in known}
    found = []
    for row in rows:
        scope, role = by_key.get(row["scope"]), Role(row["role"])
        if scope is None or (row["ends"] is not None and row["ends"] <= now):
            continue
        if may_grant(actor, Role.SCREENER, scope.programme_id, scope.edition_id):
            continue
        may_end = may_grant(actor, role, scope.programme_id, scope.edition_id) is None
        found.append(
            GrantRow(
                row["id"], row["name"], row["address"] or "", role, scope, row["since"], row["ends"],
                row["giver"] or "", may_end,
            )
        )  # fmt: skip
    return found


def scopes_granted_by(actor: Actor, known: list[Scope]) -> list[Scope]:
    return [
        scope for scope in known if not may_grant(actor, Role.SCREENER, scope.programme_id, scope.edition_id)
    ]
