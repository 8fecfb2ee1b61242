"""Gaps in texts are filled in one pass, and what comes out is text: nothing of it becomes markup but its links."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.web.placeholders import filled, linked, names_in

ODD = st.text(alphabet=st.sampled_from("ab {}<>&\"'\n:/.?=httpsjavcri"), max_size=60)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dear {name}, {link} {name}", ["name", "link"]), ("{{7*7}}", ["7*7"]), ("{}", [""]), ("{ name }", [" name "]),
        ("{% raw %}", ["% raw %"]), ("{open\n}", []), ("}{", []), ("a { b", []), ("", []),
    ],
)  # fmt: skip
def test_what_stands_in_braces_is_found(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_what_a_value_holds_is_text() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "{a}"}) == "{b} {a} {c}"


@given(ODD, ODD)
def test_a_known_name_is_filled_whatever_it_holds(before: str, value: str) -> None:
    text = before.replace("{", "").replace("}", "")
    assert filled(f"{text}{{name}}{text}", {"name": value}) == f"{text}{value}{text}"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.one_of(ODD, st.text(max_size=60)))
def test_of_any_text_only_its_lines_and_links_are_markup(text: str) -> None:
    reader = Reader()
    reader.feed(str(linked(text)))
    reader.close()
    assert (
        reader.text.replace("\n", "") == text.replace("\n", "").replace("\r", "")
        or "\r" in text
        or "\x00" in text
    )
    for tag, attributes in reader.tags:
        assert tag in ("a", "br")
        if tag == "a":
            assert set(attributes) == {"href", "dir"}
            assert str(attributes["href"]).startswith(("http://", "https://"))
            assert str(attributes["href"]) in text


def test_a_full_stop_belongs_to_the_sentence() -> None:
    assert '<a href="https://a.example/b" dir="ltr">https://a.example/b</a>).' in linked(
        "(see https://a.example/b)."
    )
    assert "<a" not in linked("javascript:alert(1) ftp://x.example mailto:a@b.example")
