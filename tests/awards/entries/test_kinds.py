"""Numbers, dates and tables of indicators as people of many countries type them; which questions are asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.editions.document import ALWAYS
from awards.editions.stored import Limits
from awards.entries import kinds
from awards.entries.answering import Asked, answer_problems, asked_of_all, opened_by, tidy
from awards.entries.language import language_warnings
from awards.entries.saying import indicators_of
from awards.entries.typed import typed_answer


def asked(code: str = "q", kind: str = "long text", **more: Any) -> Asked:
    values: dict[str, Any] = {"id": 1, "section": "", "label": code, "hint": "", "required": True, "audience": "judges",
              "hidden_when_blind": False, "limits": Limits()}  # fmt: skip
    return Asked(**{**values, "code": code, "kind": kind, **more})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1200", "1200"), ("1,200", "1200"), ("1 200", "1200"), ("1\u202f200", "1200"), ("1'200", "1200"),
        ("3,5", "3.5"), ("3.5", "3.5"), (".5", "0.5"), ("0,125", "0.125"), ("−4", "-4"), ("1.200", "1.200"),
        ("1.234.567,89", "1234567.89"), ("1,234,567.89", "1234567.89"), ("1.234.567", "1234567"),
        ("٣٫٥", "3.5"), ("١٬٢٠٠", "1200"), ("٣,٥", "3.5"), ("१२३", "123"), ("１２３", "123"),
        ("1,23,456", "1,23,456"), ("12:30", "12:30"), ("about  40", "about 40"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_of_every_country(typed: str, kept: str) -> None:
    assert kinds.number_text(typed) == kept
    assert kinds.number_text(kept) == kept


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(["{:,.3f}", "{:.3f}"]))
def test_what_machines_write_is_read_back(number: object, form: str) -> None:
    assert float(kinds.number_text(form.format(number))) == float(form.format(number).replace(",", ""))


@pytest.mark.parametrize(
    ("parts", "kept", "wrong"),
    [
        (("9", "3", "2026"), "2026-03-09", []),
        (("٩", "٣", "٢٠٢٦"), "2026-03-09", []),
        (("", "3", "2026"), "2026-3-", ["day"]),
        (("", "", "2026"), "2026--", ["day", "month"]),
        (("30", "2", "2026"), "2026-2-30", ["day"]),
        (("9", "3", "26"), "26-3-9", ["day"]),
        (("9-3-2026", "", ""), "--9/3/2026", ["month", "year"]),
        (("", "", ""), "", ["day"]),
    ],
)
def test_dates_and_half_of_them(parts: tuple[str, ...], kept: str, wrong: list[str]) -> None:
    question = asked(kind="date")
    assert tidy(question, parts) == kept
    assert list(answer_problems(question, kept)) == wrong
    year, month, day = kinds.date_parts(kept)
    assert tidy(question, (day, month, year)) == kept


def test_a_table_of_indicators_keeps_what_is_typed_and_names_the_cell() -> None:
    question = asked(kind="indicators")
    cells = ("Trips", "share", "38", "52 ", "", "", "", "", "", "kiosks", "many", "")
    kept = tidy(question, cells)
    first, second = indicators_of(kept)
    assert (first.after, second.before) == ("52", "many")
    assert list(answer_problems(question, kept)) == ["1.indicator", "1.before", "1.after"]
    assert answer_problems(question, tidy(question, ("Trips", "", "", "4,5"))) == {}
    assert list(answer_problems(question, "")) == ["0.indicator"]
    assert tidy(question, ("", " ", "", "")) == ""


def test_fields_tell_by_their_names_what_they_are() -> None:
    assert typed_answer({"answer": ["a", "b"]}) == ("a", "b")
    assert typed_answer({"answer-x.month": ["3"], "answer-x.year": ["2026"]}, "answer-x") == ("", "3", "2026")
    rows = {"answer.10.after": ["2"], "answer.2.indicator": ["Trips"], "answer.2.nonsense": ["x"]}
    assert typed_answer(rows) == ("Trips", "", "", "", "", "", "", "2")
    assert typed_answer({"other": ["x"]}) == ()


LAW = asked("law", "yes or no")
WHICH = asked("which", "short text", show_if=("law", "yes"))
WHEN = asked("when", "date", show_if=("which", "The Ferries Act"))
USERS = asked("users", "several of", limits=Limits(options=("Old", "Young")))
SCHOOLS = asked("schools", show_if=("users", "Young"))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, {"law", "users"}),
        ({"law": "yes"}, {"law", "which", "users"}),
        ({"law": "yes", "which": "The Ferries Act"}, {"law", "which", "when", "users"}),
        # What is not asked opens nothing, whatever was written there before.
        ({"law": "no", "which": "The Ferries Act"}, {"law", "users"}),
        ({"users": "Old\nYoung"}, {"law", "users", "schools"}),
        ({"users": "Youngest"}, {"law", "users"}),
    ],
)
def test_a_question_waits_for_its_answer(values: dict[str, str], found: set[str]) -> None:
    assert asked_of_all((LAW, WHICH, WHEN, USERS, SCHOOLS), values) == found


def test_an_answer_opens_and_closes_all_that_hangs_on_it() -> None:
    form = (LAW, WHICH, WHEN)
    values = {"law": "yes", "which": "The Ferries Act"}
    assert opened_by(form, values, "law", "no") == ((), (WHICH, WHEN))
    assert opened_by(form, {**values, "law": "no"}, "law", "yes") == ((WHICH, WHEN), ())
    assert opened_by(form, values, "law", "yes") == ((), ())


def test_frozen_is_half_open() -> None:
    at = datetime(2026, 3, 10, 9, tzinfo=UTC)
    question = asked(frozen_at=at)
    assert not question.is_frozen(at - timedelta(milliseconds=1))
    assert question.is_frozen(at)
    assert not asked().is_frozen(at)
    assert asked().show_if == ALWAYS


ENGLISH = "We gave every resident one ticket for all buses, ferries and lifts, and asked before and after how often."
KOREAN = "도시의 모든 주민에게 버스와 나룻배와 승강기를 함께 탈 수 있는 표 한 장을 주고 얼마나 자주 다니는지 전과 후에 물어보았고 결과를 공개했습니다 "
CHINESE = "我们给每一位居民一张可以乘坐所有公共汽车渡轮和电梯的车票并在之前和之后询问他们多久出行一次还公布了结果和没有成功的部分"


async def test_another_language_is_a_warning_in_words() -> None:
    texts = {"en": ENGLISH, "ko": KOREAN, "zh": CHINESE, "short": "Le métro de Lindmere", "": ""}
    found = await language_warnings(texts, ("en",))
    assert set(found) == {"ko", "zh"}
    assert found["ko"].startswith("This seems to be in Korean; this edition reads English.")
    assert await language_warnings(texts, ("en", "ko", "zh-Hant")) == {}
