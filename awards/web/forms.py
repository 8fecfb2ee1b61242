"""Raw form -> frozen command, or every error in our own words with what was typed.

A feature's form is a frozen Pydantic model below `Form`; `parse` gives the model or a `FormErrors`.
Labels come from the fields' `title`, so that the sentence and the page name the same thing.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from awards.web.fields import BadInput, Fields
from awards.web.frame import FormErrors
from awards.web.i18n import _

BIGGEST_ID = 2**31 - 1


class Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


Parsed = TypeVar("Parsed", bound=Form)


def problem(text: str) -> PydanticCustomError:
    """For validators: raise it with the sentence that the person reads."""
    return PydanticCustomError("said", "{text}", {"text": text})


def _one_address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if (
        not at
        or not local
        or "." not in domain
        or len(text) > 254
        or any(c.isspace() or c in ',;<>"' for c in text)
    ):
        raise problem(_("Enter an e-mail address such as name@city.example"))
    return text


# Marks that turn the direction of text: in a name they make it read as another, or spill over what follows.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _on_one_line(value: Any) -> Any:
    return " ".join(value.translate(_TURNS).splitlines()) if isinstance(value, str) else value


Line = Annotated[str, Field(min_length=1, max_length=300), BeforeValidator(_on_one_line)]
OptionalLine = Annotated[str, Field(max_length=300), BeforeValidator(_on_one_line)]
Prose = Annotated[str, Field(max_length=100_000)]
Address = Annotated[str, AfterValidator(_one_address)]
Id = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
OptionalId = Annotated[
    Id | None, BeforeValidator(lambda value: None if isinstance(value, str) and not value.strip() else value)
]
Version = Annotated[int, Field(ge=0, le=BIGGEST_ID)]
Tick = Annotated[bool, BeforeValidator(lambda value: value in ("1", "on", "true", True))]


def parse(form: type[Parsed], fields: Fields | Mapping[str, Any]) -> Parsed | FormErrors:
    """The frozen command, or all that is wrong with it, in the order of the form."""
    values: dict[str, Any] = {}
    for name, info in form.model_fields.items():
        many = isinstance(fields, Fields) and _wants_many(info.annotation)
        if many and isinstance(fields, Fields):
            values[name] = tuple(fields.all(name))
        elif name in fields:
            values[name] = fields[name]
    try:
        return form.model_validate(values)
    except ValidationError as error:
        return errors_of(form, error)


def parse_drawn(form: type[Parsed], fields: Fields) -> Parsed | FormErrors:
    """As `parse`, for forms with a hidden version: nobody types that, so a damaged one is no form of ours."""
    parsed = parse(form, fields)
    if isinstance(parsed, FormErrors) and "version" in parsed:
        raise BadInput("The form has lost the version that it was drawn from.")
    return parsed


def errors_of(form: type[Form], error: ValidationError) -> FormErrors:
    texts: dict[str, str] = {}
    for detail in error.errors():
        name = str(detail["loc"][0]) if detail["loc"] else ""
        texts.setdefault(name, _sentence(form, name, detail))
    order = {name: position for position, name in enumerate(form.model_fields)}
    return FormErrors(dict(sorted(texts.items(), key=lambda pair: order.get(pair[0], len(order)))))


def _wants_many(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) in (tuple, list, frozenset, set)


_SENTENCES: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "missing": lambda label, _ctx: _("Enter an answer for “{label}”").format(label=label),
    "string_too_short": lambda label, _ctx: _("Enter an answer for “{label}”").format(label=label),
    "string_too_long": lambda label, ctx: _(
        "“{label}” can have {count} characters at most; shorten it"
    ).format(label=label, count=ctx.get("max_length")),
    "int_parsing": lambda label, _ctx: _("“{label}” must be a whole number").format(label=label),
    "int_from_float": lambda label, _ctx: _("“{label}” must be a whole number").format(label=label),
    "greater_than_equal": lambda label, ctx: _("“{label}” must be {count} or more").format(
        label=label, count=ctx.get("ge")
    ),
    "less_than_equal": lambda label, ctx: _("“{label}” must be {count} or less").format(
        label=label, count=ctx.get("le")
    ),
    "literal_error": lambda label, _ctx: _("Choose one of the answers for “{label}”").format(label=label),
    "enum": lambda label, _ctx: _("Choose one of the answers for “{label}”").format(label=label),
}


def _sentence(form: type[Form], name: str, detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "said":
        return str(context["text"])
    info = form.model_fields.get(name)
    label = _(info.title) if info is not None and info.title else name.replace("_", " ")
    words = _SENTENCES.get(detail["type"])
    return words(label, context) if words else _("Check the answer for “{label}”").format(label=label)
