"""Which language an answer seems to be in: a guess that only ever warns."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from awards.web.i18n import _, current, locale_of
from awards.web.words import word_count

# Fewer words say little: names of places and projects are in every language.
FEWEST_WORDS = 20
# Chinese and Japanese put no spaces between words.
FEWEST_SIGNS = 40
SURE = 0.9
_LOADING = Lock()


async def language_warnings(texts: Mapping[str, str], read: Sequence[str]) -> dict[str, str]:
    """Question code -> a sentence for what seems to be in a language that the edition does not read.

    Never an error: who writes about a foreign law in its own words may be right.
    """
    long = {code: text for code, text in texts.items() if _is_long(text)}
    if not long:
        return {}
    found = await asyncio.to_thread(_guesses, tuple(long.values()))
    wanted = {lang.partition("-")[0] for lang in read}
    return {
        code: _(
            "This seems to be in %(language)s; this edition reads %(languages)s. You can send it all the same.",
            language=language_name(lang),
            languages=", ".join(map(language_name, read)),
        )
        for code, lang in zip(long, found, strict=True)
        if lang not in wanted and lang != "und"
    }


def language_name(lang: str) -> str:
    """In the language of the page."""
    return str(locale_of(current()).languages.get(lang.replace("-", "_"), lang))


def _is_long(text: str) -> bool:
    return word_count(text) >= FEWEST_WORDS or sum(sign >= "\u2e80" for sign in text) >= FEWEST_SIGNS


def _guesses(texts: Sequence[str]) -> list[str]:
    # Whoever comes first loads the model, once: it takes a second and much memory.
    with _LOADING:
        model = _identifier()
    # A page or two tells the language as well as a book.
    return [str(model.classify(text[:5000])[0]) for text in texts]


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=SURE)
