"""What entrants are, which moves their states allow, and when two names may be one. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct

from awards.actor import Actor


class EntrantKind(StrEnum):
    CITY = "city"
    PUBLIC_BODY = "public body"
    FIRM = "firm"
    INSTITUTION = "institution"
    PERSON = "person"


class EntrantState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


class LinkKind(StrEnum):
    TWIN = "twin"
    MEMBER = "member"
    SUPPLIER = "supplier"


class OfficialRole(StrEnum):
    OWNER = "owner"  # edits, submits, invites and ends the others
    EDITOR = "editor"  # edits and submits
    READER = "reader"


ENTRANT_MOVES: Mapping[EntrantState, frozenset[EntrantState]] = {
    EntrantState.PROPOSED: frozenset({EntrantState.APPROVED, EntrantState.DECLINED}),
    EntrantState.APPROVED: frozenset(),
    EntrantState.DECLINED: frozenset({EntrantState.APPROVED}),
}

WRITERS = frozenset({OfficialRole.OWNER, OfficialRole.EDITOR})


def may_decide(actor: Actor) -> bool:
    """Entrants belong to no edition: whoever is of the secretariat of any may decide on them."""
    return any(grant.role == "secretariat" for grant in actor.grants)


def is_official(since: datetime | None, until: datetime | None, now: datetime) -> bool:
    return since is not None and since <= now and (until is None or now < until)


# --- names ---------------------------------------------------------------------------------------------

# What stands around the name of a place in documents and says nothing about which place it is.
_WORDS_AROUND = """
    city of the town municipality municipal government metropolitan council prefecture district special
    greater ville de la le les du commune mairie ciudad municipio ayuntamiento alcaldia prefeitura cidade
    camara stadt gemeinde comune citta gmina miasto si shi
"""
_AROUND = frozenset(_WORDS_AROUND.split())
_LIKE = 0.84


def plain(text: str) -> str:
    """The form in which words are compared: no case, no accents of Latin, Greek or Cyrillic letters.
    Marks of other scripts are letters of theirs and stay."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(letter for letter in text if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", text).replace("ı", "i").replace("ł", "l").replace("ø", "o")


def fold(name: str) -> str:
    """The form by which two spellings of one name are the same: plain, and without punctuation."""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain(name))
    return " ".join(kept.split())[:300]


def core(folded: str) -> str:
    """The name without the words around it, or all of it where nothing else is left."""
    words = [word for word in folded.split() if word not in _AROUND]
    return " ".join(words) or folded


class Named(Struct, frozen=True):
    id: int
    name: str
    folded: str
    country: str
    country_label: str
    state: EntrantState


def likely_doubles(folded: str, country: str, known: Iterable[Named]) -> list[Named]:
    """Those that may be the same body: one name anywhere, or a very like one in the country. Never merged."""
    own = core(folded)
    found = []
    for one in known:
        other = core(one.folded)
        if own == other or (one.country == country and _alike(own, other)):
            found.append(one)
    return sorted(found, key=lambda one: (core(one.folded) != own, one.country != country, one.name, one.id))


def _alike(one: str, other: str) -> bool:
    if len(one) >= 4 and len(other) >= 4 and (_begins(one, other) or _begins(other, one)):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _LIKE and matcher.quick_ratio() >= _LIKE and matcher.ratio() >= _LIKE


def _begins(short: str, long: str) -> bool:
    return re.match(re.escape(short) + r"(?:\s|$)", long) is not None
