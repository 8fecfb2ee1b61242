"""Whether a judge's words to a city would tell who wrote them. Pure.

What is found here is looked at by a person before it goes out; nothing is changed by the machine.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from awards.cities.rules import plain
from awards.web.i18n import _

# Shorter parts of a name are words of their own in too many languages.
SHORTEST_PART = 4
STRUCK = "[…]"
_ADDRESS = re.compile(r"\S@\S|https?://|www\.|\+\d[\d ()/-]{6,}")
# A judge who speaks of where they come from, as folded: "my university", "as a former mayor", "where I live". Only of
# languages that stand here; others are read by people.
_OWN = re.compile(
    r"\b(?:"
    + "|".join(
        (
            r"(?:my|our) (?:own )?(?:country|city|town|university|institute|company|firm|ministry|government|office|"
            r"organi[sz]ation|colleagues?|team|work|research|book)",
            r"as (?:a|an|the) (?:former )?(?:judge from|mayor|professor|minister|engineer|architect|journalist|director)",
            r"where i (?:live|work|come from)",
            r"(?:mon|ma|mes|notre|nos) (?:propres? )?(?:pays|villes?|commune|mairie|universite|institut|entreprise|societe|"
            r"ministere|gouvernement|bureau|organisation|collegues?|equipe|travail|travaux|recherches?|livre)",
            r"en tant qu(?:e|) ?(?:ancien(?:ne)? )?(?:jure|maire|professeur|ministre|ingenieure?|architecte|journaliste|directeur|directrice)",
            r"ou je (?:vis|travaille)",
            r"(?:mis?|nuestr[ao]s?) (?:propi[ao] )?(?:pais|ciudad|pueblo|universidad|instituto|empresa|ministerio|gobierno|"
            r"oficina|organizacion|colegas?|equipo|trabajo|investigacion|libro)",
            r"como (?:ex ?|antigu[ao] )?(?:alcalde(?:sa)?|profesora?|ministr[ao]|ingenier[ao]|arquitect[ao]|periodista|directora?)",
            r"donde (?:vivo|trabajo)|de donde vengo",
            r"(?:meus?|minhas?|noss[ao]s?) (?:propri[ao] )?(?:pais|cidade|universidade|instituto|empresa|ministerio|governo|"
            r"escritorio|organizacao|colegas?|equipe|equipa|trabalho|pesquisa|livro)",
            r"como (?:ex ?|antig[ao] )?(?:prefeit[ao]|presidente da camara|engenheir[ao]|arquitet[ao]|jornalista|diretora?)",
            r"onde (?:moro|vivo|trabalho)|de onde venho",
            r"(?:mein|unser)(?:e[mnrs]?)? (?:eigenen? )?(?:land|stadt|gemeinde|universitat|hochschule|institut|firma|"
            r"unternehmen|ministerium|regierung|buro|organisation|kolleg(?:en|innen)|team|arbeit|forschung|buch)",
            r"als (?:ehemaliger? |fruherer? )?(?:jurymitglied aus|burgermeister|professor|minister|ingenieur|architekt|"
            r"journalist|direktor)(?:in)?",
            r"wo ich (?:lebe|wohne|arbeite|herkomme)|ich komme aus",
        )
    )
    + r")\b"
)


class Traits(Struct, frozen=True):
    """What is known of one judge: `names` tell them to anybody, `places` only where they write themselves."""

    names: frozenset[str]
    places: frozenset[str]


def traits(names: Iterable[str], addresses: Iterable[str], places: Iterable[str]) -> Traits:
    return Traits(
        frozenset(filter(None, (one.strip() for one in (*names, *addresses)))),
        frozenset(filter(None, (one.strip() for one in places))),
    )


def tells(text: str, author: Traits, panel: Sequence[Traits], entrant_words: str) -> tuple[str, ...]:
    """Why these words would let somebody guess a judge; empty where nothing of the kind is found.

    `entrant_words` is what everybody knows of the entrant: a judge who names the entrant's own country tells nothing.
    """
    said, known = _folded(text), _folded(entrant_words)
    reasons = []
    if any(_names(name, text, said) for judge in panel for name in judge.names):
        reasons.append(_("names a judge"))
    if any(_stands(_folded(place), said) and not _stands(_folded(place), known) for place in author.places):
        reasons.append(_("names where its writer lives or works"))
    if _ADDRESS.search(text):
        reasons.append(_("holds an address or a telephone number"))
    if _OWN.search(said):
        reasons.append(_("speaks of its writer"))
    return tuple(reasons)


def struck(text: str, words: Iterable[str]) -> str:
    """Without these words, each replaced by a sign that something stood there."""
    for word in sorted({one.strip() for one in words if one.strip()}, key=lambda one: (-len(one), one)):
        text = re.sub(re.escape(word), STRUCK, text, flags=re.IGNORECASE)
    return text


def _names(name: str, text: str, said: str) -> bool:
    if _stands(_folded(name), said):
        return True
    parts = [part for part in re.split(r"[\s,.]+", name) if len(part) >= SHORTEST_PART and "@" not in name]
    # A part of a name tells only as a name: "rose" in a sentence is no Rose.
    return any(part[0].isupper() and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w@]+", " ", plain(text)).split())


def _stands(word: str, text: str) -> bool:
    """As words of their own; in scripts without spaces, anywhere."""
    if not word:
        return False
    if word.isascii():
        return f" {word} " in f" {text} "
    return word in text
