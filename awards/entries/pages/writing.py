"""What the page of one question and the page of a section share: the fields of an answer, and saving them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from awards.editions.document import ALWAYS
from awards.entries import services
from awards.entries.answering import Asked, Frozen, first_part, news, tidy
from awards.entries.comparing import Part, differences
from awards.entries.forms import SaveAnswer, SaveWorkingText
from awards.entries.kinds import MOST_INDICATORS, date_parts
from awards.entries.language import language_name
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import AnswerRow, OwnEntry, WorkingRow
from awards.entries.saying import Indicator, Said, indicators_of, said
from awards.entries.typed import ANSWER, field_name, typed_answer
from awards.errors import Invalid, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import Fields
from awards.web.forms import parse_drawn
from awards.web.frame import Choice, FormErrors
from awards.web.i18n import _, current
from awards.web.session import actor_of

LEAST_ROWS = 3
# Languages in which officials are likely to write first; the account's own language is added to them.
DRAFTED_IN = (
    "am", "ar", "az", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "hy", "id", "it", "ja", "ka", "kk", "km", "ko", "ky", "lo", "lt", "lv", "mn", "ms", "my", "nb", "ne", "nl",
    "pl", "ps", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "tg", "th", "tr", "uk", "ur",
    "uz", "vi", "zh",
)  # fmt: skip


class BothTexts(Struct, frozen=True):
    """What stands now, and what was typed over an older text."""

    by: str
    at: datetime | None
    theirs: tuple[Part, ...]
    own: tuple[Part, ...]


class Names(Struct, frozen=True):
    """What the fields of one question are called: short where the page has one, with its code where it has more."""

    answer: str
    version: str
    working: str
    working_version: str
    working_lang: str


ONE = Names(ANSWER, "version", "working", "working_version", "working_lang")


def names_of(code: str) -> Names:
    return Names(
        field_name(code),
        f"version-{code}",
        f"working-{code}",
        f"working_version-{code}",
        f"working_lang-{code}",
    )


class Block(Struct, frozen=True):
    """A question with its fields, as they stand or as they were typed."""

    row: AnswerRow
    names: Names
    path: str
    value: str
    version: int
    """That the page is drawn from: what was typed over an older one stays with that until both were shown."""
    may_change: bool
    decides: tuple[tuple[str, str], ...]
    least_rows: int
    working: WorkingRow
    working_lang: str
    both: BothTexts | None = None
    both_working: BothTexts | None = None
    warning: str = ""
    unsaved: str = ""

    @property
    def question(self) -> Asked:
        return self.row.question

    @property
    def said(self) -> Said:
        return said(self.question.kind, self.row.value, self.question.limits.unit)

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(self.value.split("\n"))

    @property
    def choices(self) -> tuple[Choice, ...]:
        if self.question.kind == "yes or no":
            return (Choice("yes", _("Yes")), Choice("no", _("No")))
        return tuple(Choice(option, option) for option in self.question.limits.options)

    @property
    def date(self) -> tuple[str, str, str]:
        """Day, month and year, as they stand in their fields."""
        year, month, day = date_parts(self.value)
        return day, month, year

    @property
    def rows(self) -> tuple[Indicator, ...]:
        """With empty ones to write in: one more than there are, as far as the table goes."""
        rows = indicators_of(self.value)
        most = min(max(self.least_rows, len(rows) + 1), max(MOST_INDICATORS, len(rows)))
        return rows + (Indicator("", "", "", ""),) * (most - len(rows))


class Typed(Struct, frozen=True):
    """What somebody sent of one question."""

    value: str
    version: int
    working: str | None = None
    working_version: int = 0


def typed_of(question: Asked, fields: Mapping[str, Sequence[str]], names: Names) -> Typed:
    """As the page shows it again: texts as they are, the rest as it is read."""
    given = typed_answer(fields, names.answer)
    value = given[-1] if question.is_text and given else tidy(question, given)
    working = fields.get(names.working)
    return Typed(
        value,
        _number(fields, names.version),
        working[-1] if working else None,
        _number(fields, names.working_version),
    )


def _number(fields: Mapping[str, Sequence[str]], name: str) -> int:
    """A version that a form brought; what is none was refused before."""
    text = fields.get(name, ("",))[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def block_of(
    entry: OwnEntry,
    row: AnswerRow,
    names: Names,
    now: datetime,
    *,
    every: Sequence[AnswerRow],
    working: Mapping[int, WorkingRow],
    lang: str,
    least_rows: int = LEAST_ROWS,
    typed: Typed | None = None,
    lost: frozenset[str] = frozenset(),
    warning: str = "",
) -> Block:
    """`lost` names the fields whose race was lost: both texts are shown for them."""
    question = row.question
    beside = working.get(question.id, WorkingRow())
    value, version = row.value, row.version
    if typed is not None:
        value = typed.value
        if (
            names.answer not in lost
            and (value.strip("\n").rstrip() if question.is_text else value) != row.value
        ):
            version = typed.version
    own_draft = None if typed is None else typed.working
    draft = beside
    if typed is not None and own_draft is not None:
        seen = names.working in lost or own_draft.strip("\n").rstrip() == beside.text
        shown = beside.version if seen else typed.working_version
        draft = WorkingRow(own_draft, beside.lang, shown, beside.saved_at)
    return Block(
        row=row,
        names=names,
        path=f"{entry.path}/{question.code}",
        value=value,
        version=version,
        # What is not asked is shown and not offered; what arrives for it all the same is kept.
        may_change=row.is_asked and may_change(entry, row, now),
        decides=_decides(question, every),
        least_rows=least_rows,
        working=draft,
        working_lang=beside.lang or (lang if lang not in entry.languages else ""),
        both=_both(row, value) if names.answer in lost else None,
        both_working=_two("", beside.saved_at, beside.text, draft.text) if names.working in lost else None,
        warning=warning,
        unsaved=said(question.kind, value, question.limits.unit).plain
        if typed is not None and value != row.value
        else "",
    )


def may_change(entry: OwnEntry, row: AnswerRow, now: datetime) -> bool:
    """Open by the call and not frozen, or asked about by the secretariat."""
    code = row.question.code
    asked = entry.enquiry is not None and entry.enquiry.opens(code, entry.state, now)
    return entry.may_change(code, now) and (asked or not row.is_frozen)


def languages_to_draft_in(own: str) -> tuple[Choice, ...]:
    """By their names on this page, the blank one first."""
    named = sorted((language_name(code), code) for code in {*DRAFTED_IN, own})
    return (Choice("", _("Not said")), *(Choice(code, name[:1].upper() + name[1:]) for name, code in named))


def draft_language() -> str:
    """What a first draft is likely to be written in: the language of the page."""
    return current()


def _decides(question: Asked, every: Sequence[AnswerRow]) -> tuple[tuple[str, str], ...]:
    """Answer -> the questions that it opens, as the page says beforehand."""
    opens: dict[str, list[str]] = {}
    for row in every:
        if row.question.show_if != ALWAYS and row.question.show_if[0] == question.code:
            opens.setdefault(row.question.show_if[1], []).append(row.question.label)
    return tuple((spoken(question, answer), "; ".join(labels)) for answer, labels in opens.items())


def spoken(question: Asked, answer: str) -> str:
    """An answer to choose, in the words of the page."""
    return said(question.kind, answer).plain


def _both(row: AnswerRow, value: str) -> BothTexts:
    question = row.question
    theirs, own = (
        said(question.kind, text, question.limits.unit).plain if not question.is_text else text
        for text in (row.value, value)
    )
    return _two(row.by, row.saved_at, theirs, own)


def _two(by: str, at: datetime | None, theirs: str, own: str) -> BothTexts:
    return BothTexts(by, at, *differences(theirs, own))


# --- saving --------------------------------------------------------------------------------------------


class Kept(Struct):
    """What came of saving the questions of one page."""

    errors: dict[str, str] = {}
    lost: set[str] = set()
    said: list[str] = []
    refused: bool = False

    @property
    def status(self) -> int:
        return 403 if self.refused else 409 if self.lost else 422


async def keep_answer(
    request: AnyRequest, reference: str, code: str, names: Names, fields: Fields, kept: Kept, *, draft: bool
) -> None:
    """Save one answer as far as it can be; Late, Denied and NotFound are the page's."""
    many = {name: fields.all(name) for name in fields}
    values = {"version": fields.get(names.version, ""), "draft": "1" if draft else ""}
    command = parse_drawn(SaveAnswer, Fields([*values.items()]))
    if isinstance(command, FormErrors):
        kept.errors[names.answer] = " ".join(command.values())
        return
    try:
        saved = await services.save_answer(
            reference=reference,
            code=code,
            command=command.model_copy(update={"answer": typed_answer(many, names.answer)[:200]}),
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Frozen as refusal:
        kept.refused = True
        kept.errors[names.answer] = refusal.why
    except Invalid as problem:
        for field, text in problem.errors.items():
            kept.errors[field.replace(ANSWER, names.answer, 1)] = text
    except Stale:
        kept.lost.add(names.answer)
        kept.errors[names.answer] = _(
            "Somebody saved another answer meanwhile. Both are below; nothing was overwritten."
        )
    else:
        kept.said.append(news(saved.opened, saved.closed))


async def keep_working(
    request: AnyRequest, reference: str, code: str, names: Names, fields: Fields, kept: Kept
) -> None:
    """Save the draft beside an answer, where the page had one."""
    if names.working not in fields:
        return
    values = {"version": fields.get(names.working_version, ""), "text": fields[names.working]}
    if names.working_lang in fields:
        values["lang"] = fields[names.working_lang]
    command = parse_drawn(SaveWorkingText, Fields([*values.items()]))
    if isinstance(command, FormErrors):
        kept.errors[names.working] = " ".join(command.values())
        return
    try:
        await services.save_working_text(
            reference=reference,
            code=code,
            command=command,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        kept.lost.add(names.working)
        kept.errors[names.working] = _(
            "Somebody changed the draft in your own language meanwhile. Both are below; nothing was overwritten."
        )


def placed(errors: Mapping[str, str], blocks: Sequence[Block]) -> FormErrors:
    """Each sentence at a field that is on the page: what has several fields is mended in its first."""
    first = {
        block.names.answer: f"{block.names.answer}.{part}"
        for block in blocks
        if block.may_change and (part := first_part(block.question.kind))
    }
    return FormErrors({first.get(name, name): said for name, said in errors.items()})
