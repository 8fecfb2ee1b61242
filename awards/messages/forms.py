from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct
from pydantic import BeforeValidator, Field

from awards.messages.rules import LONGEST_BODY, LONGEST_SUBJECT, Group, Text, Texts, unknown_names
from awards.web.fields import Fields
from awards.web.forms import Form, OptionalLine, Tick, Version, parse
from awards.web.frame import FormErrors
from awards.web.i18n import _

_empty = BeforeValidator(lambda value: None if value == "" else value)


# Every category at once; no code of a category looks like this.
ALL = "*"


class ChooseGroup(Form):
    """Without `of` where the group is of the whole edition, or nobody has asked yet which part is meant."""

    group: Annotated[Group, Field(title="Who is written to")]
    of: Annotated[str | None, Field(max_length=60), _empty] = None


class Words(Form):
    subject: Annotated[OptionalLine, Field(title="Subject")] = ""
    body: Annotated[str, Field(title="Text", max_length=LONGEST_BODY)] = ""


class ByVersion(Form):
    version: Version


class SendMailing(Form):
    """`sha256` is the text and the recipients that were seen."""

    sha256: Annotated[str, Field(min_length=64, max_length=64)]
    again: Tick = False


class SaveTexts(Struct, frozen=True):
    number: int
    version: int
    texts: Texts


class SaveTemplate(Struct, frozen=True):
    """An empty text brings ours back."""

    group: Group
    lang: str
    version: int
    text: Text


def typed_texts(fields: Fields, languages: Sequence[str]) -> Texts:
    """What was typed, as it was typed: shown again where something is wrong."""
    return {
        lang: Text(
            fields.get(f"subject_{lang}", "")[: 2 * LONGEST_SUBJECT],
            fields.get(f"body_{lang}", "")[: 2 * LONGEST_BODY],
        )
        for lang in languages
    }


def parse_texts(
    fields: Fields, languages: Sequence[str], *, needed: str, allowed: Sequence[str]
) -> Texts | FormErrors:
    """The text in each language that is written in; `needed` is written in always."""
    texts: dict[str, Text] = {}
    wrong: dict[str, str] = {}
    for lang in languages:
        sent = {part: fields.get(f"{part}_{lang}", "") for part in ("subject", "body")}
        words = parse(Words, sent)
        if isinstance(words, FormErrors):
            wrong |= {f"{part}_{lang}": sentence for part, sentence in words.items()}
            continue
        if not words.subject and not words.body and lang != needed:
            continue
        if not words.subject:
            wrong[f"subject_{lang}"] = _("Write a subject")
        if not words.body:
            wrong[f"body_{lang}"] = _("Write the text")
        for part, text in (("subject", words.subject), ("body", words.body)):
            if sentence := placeholder_problem(text, allowed):
                wrong[f"{part}_{lang}"] = sentence
        texts[lang] = Text(words.subject, words.body)
    return FormErrors(wrong) if wrong else texts


def placeholder_problem(text: str, allowed: Sequence[str]) -> str:
    unknown = unknown_names(text, allowed)
    if not unknown:
        return ""
    return _(
        "There is nothing to put in place of %(unknown)s. In a text to this group can stand: %(allowed)s.",
        unknown=", ".join(f"{{{name}}}" for name in unknown[:5]),
        allowed=", ".join(f"{{{name}}}" for name in allowed),
    )
