"""Would it have come out otherwise: every question that the desk asks of a run, answered in a sentence. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.results.chances import Followed
from awards.results.queries import EntryName, Names
from awards.results.queries.otherwise import Doubtful
from awards.results.views import method_name, moved
from awards.web.i18n import _, ngettext
from awards.web.words import listing, number
from judging import inputs_from_document, weight_tips
from judging.otherwise import DOUBLED, EQUAL, HALVED, LEFT_OUT, Otherwise, other_sheets, other_weights
from judging.sensitivity import MOST_JUDGES
from judging.stability import WeightTip

# What is asked of the weight of a criterion.
WAYS = (LEFT_OUT, HALVED, DOUBLED)


class Question(Struct, frozen=True):
    """`moves` None where the prize could no longer be given by numbers."""

    way: str
    moves: bool | None
    text: str
    criterion: str = ""
    """The one whose weight is asked about, by name."""


class Tip(Struct, frozen=True):
    """How far one weight could be moved, the others kept, before a prize of the category does."""

    criterion: str
    weight: int
    text: str
    moves: bool


class Group(Struct, frozen=True):
    anchor: str
    heading: str
    note: str
    questions: tuple[Question, ...]

    @property
    def moving(self) -> tuple[Question, ...]:
        return tuple(one for one in self.questions if one.moves is not False)

    @property
    def quiet(self) -> str:
        """Those that change nothing, in one sentence."""
        asked: dict[str, list[bool | None]] = {}
        for one in self.questions:
            asked.setdefault(one.criterion, []).append(one.moves)
        # Of a criterion in all ways of weighing it at once, or there would be three times as many words.
        whole = [name for name, moves in asked.items() if name and moves == [False] * len(WAYS)]
        ways = [one.way for one in self.questions if one.moves is False and one.criterion not in whole]
        if whole:
            names = listing([f"“{name}”" for name in whole])
            ways.insert(0, _("%(criteria)s left out, with half and with twice the weight", criteria=names))
            return _("No prize moves: %(ways)s.", ways="; ".join(ways))
        if not ways:
            return ""
        if self.anchor == "judges":
            return _("No prize moves without any one of %(judges)s.", judges=listing(ways))
        return _("No prize moves: %(ways)s.", ways=listing(ways))


class Answers(Struct, frozen=True):
    """What is worked out when it is asked: it follows from the run's inputs alone, so it is the same at any time."""

    weights: tuple[Otherwise, ...]
    sheets: tuple[Otherwise, ...]
    tips: tuple[WeightTip, ...]


@lru_cache(maxsize=16)
def answers(inputs: str, doubtful: Doubtful) -> Answers:
    """Takes as long as a few runs: to be asked away from the event loop."""
    given = inputs_from_document(json.loads(inputs))
    without = {variant.code: variant.sheets for variant in given.variants}
    if doubtful.conflicted:
        without["conflict"] = doubtful.conflicted
    added = {"conflict": doubtful.kept_away, "voided": doubtful.voided}
    return Answers(
        other_weights(given),
        other_sheets(
            given, without=without, added={code: sheets for code, sheets in added.items() if sheets}
        ),
        weight_tips(given),
    )


Moves = Iterable[tuple[str, Sequence[str], Sequence[str]]]


class Asked(Struct, frozen=True):
    """What sentences need: names, and the prizes that are asked about."""

    entries: Mapping[str, EntryName]
    names: Names
    criteria: Mapping[str, str]
    category: str
    followed: Followed

    def place(self, one: Otherwise) -> int:
        """Where a question of weights stands: in the order of the sheet, all alike at the end."""
        order = list(self.criteria)
        return order.index(one.what) if one.what in order else len(order)

    def answer(self, way: str, moves: Moves, unsettled: Iterable[str] = ()) -> Question:
        lost = [self.names.prizes.get(code, code) for code in unsettled if code in self.followed.codes]
        if lost:
            return Question(
                way, None, _("The entries for %(prizes)s could not all be compared.", prizes=listing(lost))
            )
        by_code = {move[0]: move for move in moves}
        found = [by_code[rule.code] for rule in self.followed.rules if rule.code in by_code]
        if not found:
            return Question(way, False, _("No prize moves."))
        parts = [moved(prize, gains, loses, self.names, self.entries) for prize, gains, loses in found]
        return Question(way, True, f"{'; '.join(parts)}.")


def groups(body: Mapping[str, Any], found: Answers, asked: Asked) -> tuple[Group, ...]:
    kept = body.get("alternatives", ())

    def stored(kind: str) -> list[Mapping[str, Any]]:
        return [one for one in kept if one["kind"] == kind]

    def of(one: Mapping[str, Any], way: str) -> Question:
        return asked.answer(way, [(move["prize"], move["gains"], move["loses"]) for move in one["moves"]])

    def judge(label: str) -> str:
        return asked.names.judges[label].name if label in asked.names.judges else label

    made = (
        Group(
            "weights",
            _("Other weights"),
            _("The weights were fixed before the round. These stand beside them."),
            tuple(_weighed(one, asked) for one in sorted(found.weights, key=asked.place)),
        ),
        Group(
            "methods",
            _("Other methods"),
            "",
            tuple(of(one, method_name(one["what"])) for one in stored("method")),
        ),
        Group(
            "sheets",
            _("Other sheets"),
            _(
                "Sheets of judges with a conflict or from the entry’s own country, out where they count, in where they do not."
            ),
            tuple(_with_sheets(one, asked) for one in found.sheets),
        ),
        Group(
            "judges",
            _("Without one judge"),
            _("For the secretariat and auditors alone."),
            tuple(of(one, judge(one["what"])) for one in stored("judge")),
        ),
    )
    return tuple(group for group in made if group.questions)


def left_out(body: Mapping[str, Any], asked: Asked) -> tuple[str, ...]:
    """What no question was asked of, in sentences."""
    judges = {one["judge"] for one in body.get("judges", ()) if one["scope"] == "all"}
    if any(one["kind"] == "judge" for one in body.get("alternatives", ())) or len(judges) < 2:
        return asked.followed.notes
    text = _("No judge was left out in turn: there are more than %(most)d.", most=MOST_JUDGES)
    return (*asked.followed.notes, *([text] if len(judges) > MOST_JUDGES else []))


def summary(found: Sequence[Group]) -> str:
    questions = [question for group in found for question in group.questions]
    moving = sum(question.moves is not False for question in questions)
    if not moving:
        return ngettext(
            "%(num)d question was asked. It does not move a prize of this category.",
            "%(num)d questions were asked. None of them moves a prize of this category.",
            len(questions),
        )
    return ngettext(
        "%(moving)d of %(num)d question moves a prize of this category.",
        "%(moving)d of %(num)d questions move a prize of this category.",
        len(questions),
        moving=moving,
    )


def _weighed(one: Otherwise, asked: Asked) -> Question:
    name = asked.criteria.get(one.what, one.what)
    way = {
        LEFT_OUT: _("without “%(criterion)s”", criterion=name),
        HALVED: _("“%(criterion)s” with half its weight", criterion=name),
        DOUBLED: _("“%(criterion)s” with twice its weight", criterion=name),
        EQUAL: _("all criteria with the same weight"),
    }[one.kind]
    return replace(_changed(one, way, asked), criterion=name if one.kind != EQUAL else "")


def _with_sheets(one: Otherwise, asked: Asked) -> Question:
    way = {
        ("without", "conflict"): _("without the sheets that count in spite of a conflict"),
        ("with", "conflict"): _("with the sheets that are left out because of a conflict"),
        ("with", "voided"): _("with the sheets that two people left out"),
    }.get((one.kind, one.what), method_name(one.what))
    return _changed(one, way, asked)


def _changed(one: Otherwise, way: str, asked: Asked) -> Question:
    return asked.answer(way, [(move.prize, move.gains, move.loses) for move in one.moves], one.unsettled)


def tips(found: Answers, asked: Asked, category: str) -> tuple[Tip, ...]:
    """By criterion, over all prizes of the category: the nearest weight below and above that moves one."""
    lines = []
    for code, name in asked.criteria.items():
        own = [
            tip
            for tip in found.tips
            if tip.criterion == code and tip.prize in asked.followed.codes and tip.category in ("", category)
        ]
        if not own:
            continue
        low = max((tip.low for tip in own if tip.low is not None), default=None)
        high = min((tip.high for tip in own if tip.high is not None), default=None)
        lines.append(Tip(name, own[0].weight, _stays(low, high), low is not None or high is not None))
    return tuple(lines)


def _stays(low: Fraction | None, high: Fraction | None) -> str:
    if low is None and high is None:
        return _("No prize moves, whatever its weight.")
    if low is None and high is not None:
        return _("No prize moves below %(high)s.", high=_weight(high))
    if high is None and low is not None:
        return _("No prize moves above %(low)s.", low=_weight(low))
    assert low is not None
    assert high is not None
    return _("No prize moves between %(low)s and %(high)s.", low=_weight(low), high=_weight(high))


def _weight(value: Fraction) -> str:
    return number(Decimal(value.numerator) / Decimal(value.denominator), 1)
