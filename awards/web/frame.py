"""What every page template receives beside its own context: the frame around the page, and form errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct


class Link(Struct, frozen=True):
    href: str
    text: str
    current: bool = False
    count: str | None = None


class LangLink(Struct, frozen=True):
    href: str
    lang: str
    dir: str
    text: str
    current: bool = False


class Side(Struct, frozen=True):
    """The desk's side navigation."""

    title: str
    links: tuple[Link, ...]


class Flash(Struct, frozen=True):
    """News of the last act. `kind` is "", good, now, warn or bad."""

    kind: str
    heading: str
    text: str = ""


class Closing(Struct, frozen=True):
    """A deadline in its last hour, for who acts for a city: what closes when, and the page to go to."""

    name: str
    at: datetime
    href: str


class Choice(Struct, frozen=True):
    """One of several answers: of radios, a select, a scale (where `hint` is the mark in words)."""

    value: str
    text: str
    hint: str = ""


class Frame(Struct, frozen=True, kw_only=True):
    lang: str
    dir: str
    path: str
    base_url: str
    programme_name: str
    contact_email: str
    now: datetime
    csrf: str = ""
    actor_name: str | None = None
    actor_role: str | None = None
    # Where the person works at present: "First round", "Edition 2027" with a link that changes it.
    place: Link | None = None
    zone: str | None = None
    demo: bool = False
    nav: tuple[Link, ...] = ()
    side: Side | None = None
    crumbs: tuple[Link, ...] = ()
    flash: Flash | None = None
    footer: tuple[Link, ...] = ()
    languages: tuple[LangLink, ...] = ()
    # Drawn on every page of the city.
    closing: Closing | None = None
    # Who is signed in, as scripts know them, and whether they said that others use this device.
    person: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class FormErrors(Mapping[str, str]):
    """Field name -> sentence, in the order of the form; "" holds what belongs to no field."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) for the list above the form."""
        return list(self.texts.items())

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __bool__(self) -> bool:
        return bool(self.texts)


NO_ERRORS = FormErrors()
