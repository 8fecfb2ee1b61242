"""What differs between two documents of an edition: addressed for rules, and in words for people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from awards.editions.document import ALWAYS, EditionDocument
from awards.web.i18n import _

Address = tuple[str, ...]

# Lists of parts by the word that addresses them, and the field that tells one part from another.
LISTS: Mapping[str, tuple[str, str]] = {
    "milestone": ("milestones", "kind"),
    "category": ("categories", "code"),
    "question": ("questions", "code"),
    "scale": ("scales", "code"),
    "round": ("rounds", "code"),
    "prize": ("prizes", "code"),
}


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Change(Struct, frozen=True):
    """`address` leads from the kind of part to the field: ("round", "first", "criterion", "need", "name")."""

    kind: Kind
    address: Address
    before: Any = None
    after: Any = None


_ITEM = object()


def difference(old: EditionDocument | None, new: EditionDocument) -> tuple[Change, ...]:
    """Whole parts that came or went, and fields that changed in those that stayed."""
    if old is None:
        after = _flat(new)
        return tuple(Change(Kind.ADDED, address) for address, value in after.items() if value is _ITEM)
    before, after = _flat(old), _flat(new)
    found: list[Change] = []
    for address, value in before.items():
        if _whole_above(address, after):
            if address not in after:
                found.append(Change(Kind.REMOVED, address, None if value is _ITEM else value))
            elif after[address] != value:
                found.append(Change(Kind.CHANGED, address, value, after[address]))
    for address, value in after.items():
        if address not in before and _whole_above(address, before):
            found.append(Change(Kind.ADDED, address, None, None if value is _ITEM else value))
    return tuple(found) + tuple(_orders(old, new))


def programme_changes(old: EditionDocument, new: EditionDocument) -> tuple[Change, ...]:
    """What a new edition changes in the programme that it joins."""
    here = ("programme", new.programme.slug)
    before, after = _fields(here, old.programme, ()), _fields(here, new.programme, ())
    return tuple(
        Change(Kind.CHANGED, address, value, after[address])
        for address, value in before.items()
        if after[address] != value
    )


def _whole_above(address: Address, other: Mapping[Address, Any]) -> bool:
    """Whether every part above stands in the other document too: else the part itself tells the change."""
    return all(address[:end] in other for end in range(2, len(address), 2))


def _flat(document: EditionDocument) -> dict[Address, Any]:
    found: dict[Address, Any] = {("programme", document.programme.slug): _ITEM}
    found |= _fields(("programme", document.programme.slug), document.programme, ())
    found[("edition", document.slug)] = _ITEM
    lists = {name for name, _key in LISTS.values()} | {"programme", "rules", "conflicts", "past_years"}
    found |= _fields(("edition", document.slug), document, lists)
    found[("rules", "")] = _ITEM
    found |= _fields(("rules", ""), document.rules, ())
    found[("conflicts", "")] = _ITEM
    found |= {("conflicts", "", code): effect.value for code, effect in document.conflicts}
    found[("conflicts", "", "past_years")] = document.past_years
    for word, (name, key) in LISTS.items():
        for part in getattr(document, name):
            here = (word, getattr(part, key))
            found[here] = _ITEM
            found |= _fields(here, part, {"method", "criteria", key})
            if word == "round":
                found |= _fields(here, part.method, ())
                for criterion in part.criteria:
                    inner = (*here, "criterion", criterion.code)
                    found[inner] = _ITEM
                    found |= _fields(inner, criterion, {"code", "weights", "rubric"})
                    found |= {(*inner, f"weight in {code}"): weight for code, weight in criterion.weights}
                    found |= {(*inner, f"rubric from mark {mark}"): text for mark, text in criterion.rubric}
    return found


def _fields(address: Address, part: Any, but: Any) -> dict[Address, Any]:
    # A round's method says "confidence" too: there it is the one that counts.
    return {(*address, one.name): getattr(part, one.name) for one in fields(part) if one.name not in but}


def _orders(old: EditionDocument, new: EditionDocument) -> Iterator[Change]:
    for word in ("category", "question", "scale", "round"):
        name, key = LISTS[word]
        yield from _order((word, "", "order"), getattr(old, name), getattr(new, name), key)
    after = {part.code: part for part in new.rounds}
    for part in old.rounds:
        if part.code in after:
            criteria = after[part.code].criteria
            yield from _order(("round", part.code, "criterion", "", "order"), part.criteria, criteria, "code")


def _order(address: Address, old: Any, new: Any, key: str) -> Iterator[Change]:
    before, after = [getattr(one, key) for one in old], [getattr(one, key) for one in new]
    stayed = [code for code in before if code in set(after)]
    now = [code for code in after if code in set(before)]
    if stayed != now:
        yield Change(Kind.CHANGED, address, tuple(stayed), tuple(now))


def in_words(change: Change) -> str:
    what = " ".join(_names(change.address))
    match change.kind:
        case Kind.ADDED if change.after is None:
            return _("added: %(what)s", what=what)
        case Kind.ADDED:
            return _("added: %(what)s, %(value)s", what=what, value=_shown(change.after))
        case Kind.REMOVED:
            return _("removed: %(what)s", what=what)
        case _:
            return _(
                "changed: %(what)s, from %(before)s to %(after)s",
                what=what, before=_shown(change.before), after=_shown(change.after),
            )  # fmt: skip


class Line(Struct, frozen=True):
    """One change in full, for who signs it: nothing of a text is left out."""

    what: str
    before: str
    after: str


def in_full(changes: Iterable[Change], old: EditionDocument, new: EditionDocument) -> tuple[Line, ...]:
    before, after = _flat(old), _flat(new)
    found = []
    for change in changes:
        what = " ".join(_names(change.address))
        match change.kind:
            case Kind.ADDED:
                found.append(Line(what, "", _whole(change.address, change.after, after)))
            case Kind.REMOVED:
                found.append(Line(what, _whole(change.address, change.before, before), ""))
            case _:
                found.append(Line(what, _all_of(change.before), _all_of(change.after)))
    return tuple(found)


def _whole(address: Address, value: Any, flat: Mapping[Address, Any]) -> str:
    """A field's value, or a part with everything that is said of it."""
    if flat.get(address) is not _ITEM:
        return _all_of(value)
    below = (
        (" ".join(_names(inner[len(address) :], len(address))), said)
        for inner, said in flat.items()
        if inner[: len(address)] == address and said is not _ITEM and said not in ("", (), None, ALWAYS)
    )
    return "\n".join(f"{name}: {_all_of(said)}" for name, said in below)


def _all_of(value: Any) -> str:
    return value if isinstance(value, str) and value else _shown(None if value == "" else value)


def _names(address: Address, start: int = 0) -> Iterator[str]:
    for place, name in enumerate(address, start):
        if name and place % 2 == 1:
            yield f"“{name}”"
        elif name:
            yield name.replace("_", " ")


def _shown(value: Any) -> str:
    match value:
        case None:
            return _("nothing")
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S UTC")
        case tuple() if value == ALWAYS:
            return _("always")
        case tuple():
            return (
                _("nothing")
                if not value
                else ", ".join(
                    "/".join(filter(None, one)) if isinstance(one, tuple) else str(one) for one in value
                )
            )
        case str():
            short = value if len(value) <= 60 else value[:59] + "…"
            return f"“{' '.join(short.split())}”"
        case _:
            return str(value)
