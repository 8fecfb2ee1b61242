"""Who asks. Plain data, made from a session and handed to services and queries."""

from datetime import datetime

from msgspec import Struct, field

# The scope of a grant over everything.
INSTANCE = "instance"


class Grant(Struct, frozen=True):
    """A role held over a scope: `instance`, `programme:N` or `edition:N`."""

    role: str
    scope: str


class Actor(Struct, frozen=True):
    person_id: int
    name: str
    lang: str = "en"
    zone: str = "UTC"
    grants: frozenset[Grant] = field(default_factory=frozenset)
    session_id: int | None = None
    proved_at: datetime | None = None
    request_id: str = ""
    address: str = ""

    def has(self, role: str, *scopes: str) -> bool:
        """Whether the role is held over the instance or over one of the scopes."""
        return any(g.role == role and (g.scope == INSTANCE or g.scope in scopes) for g in self.grants)

    @property
    def on_staff(self) -> bool:
        return bool(self.grants)


# What the service does by itself: the worker, the command line, the demonstration's loader.
SYSTEM = Actor(person_id=0, name="The service")
