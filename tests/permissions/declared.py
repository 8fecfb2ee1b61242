"""Reads table.txt: who may do what, when."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.permissions.world import PHASES, ROLES

TABLE = Path(__file__).with_name("table.txt")
SIGNS = "+~.x?"
# Whoever has no session: sent to sign in, unless the table says otherwise.
STRANGERS = ("visitor", "disabled")
OTHERS = "others"


@dataclass(frozen=True, slots=True, order=True)
class Route:
    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class BadTable(ValueError):
    """Names the line."""


def read_table(text: str) -> Mapping[Route, Mapping[str, str]]:
    """Route -> role -> one sign for each phase."""
    table: dict[Route, dict[str, str]] = {}
    others: dict[Route, str] = {}
    route: Route | None = None
    for number, whole in enumerate(text.splitlines(), start=1):
        line = whole.partition("#")[0].rstrip()
        if not line:
            continue
        if not line.startswith(" "):
            method, path = line.split()
            route = Route(path, method)
            if route in table:
                raise BadTable(f"line {number}: {route} stands twice")
            table[route] = {}
            continue
        if route is None:
            raise BadTable(f"line {number}: a row before its route")
        signs, *roles = line.split()
        if len(signs) == 1:
            signs *= len(PHASES)
        if len(signs) != len(PHASES) or set(signs) - set(SIGNS):
            raise BadTable(f"line {number}: {signs!r} is not one of {SIGNS} for each of {len(PHASES)} phases")
        for role in roles:
            if role == OTHERS:
                others[route] = signs
            elif role not in ROLES or role in table[route]:
                raise BadTable(f"line {number}: {role!r} is no role, or stands twice")
            else:
                table[route][role] = signs
    for route, known in table.items():
        for role in ROLES:
            rest = "?" * len(PHASES) if role in STRANGERS else others.get(route, "")
            if not known.setdefault(role, rest):
                raise BadTable(f"{route} says nothing of {role}")
    return table


def declared() -> Mapping[Route, Mapping[str, str]]:
    return read_table(TABLE.read_text(encoding="utf-8"))
