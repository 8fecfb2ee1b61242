"""What the secretariat writes: headings that follow from the page's, and nothing that could do harm."""

import re

from hypothesis import given
from hypothesis import strategies as st

from awards.web.markdown import DEEPEST, to_html


def levels(text: str, under: int = 1) -> list[int]:
    return [int(level) for level in re.findall(r"<h(\d)>", to_html(text, under))]


def test_headings_begin_under_the_title_whatever_their_signs() -> None:
    assert levels("# A\n\n## B\n\n# C") == [2, 3, 2]
    assert levels("## A\n\n### B\n\n## C") == [2, 3, 2]
    assert levels("#### A") == [2]
    assert levels("# A\n\n#### B\n\n## C\n\n### D") == [2, 3, 3, 4]
    # What began too deep comes up again.
    assert levels("### A\n\n# B") == [2, 2]
    assert levels("Above\n=====\n\nBelow\n-----") == [2, 3]


def test_a_text_under_a_heading_of_its_own_begins_below_that() -> None:
    assert levels("# A\n\n## B\n\n### C", under=2) == [3, 4, 4]


@given(st.lists(st.integers(1, 6), max_size=8), st.integers(1, 2))
def test_no_level_is_left_out(signs: list[int], under: int) -> None:
    found = levels("\n\n".join("#" * number + " x" for number in signs), under)
    assert len(found) == len(signs)
    assert all(under < level <= DEEPEST for level in found)
    assert all(later <= earlier + 1 for earlier, later in zip([under, *found], found, strict=False))


def test_it_can_do_nothing_but_be_read() -> None:
    drawn = to_html("<script>x</script> [bad](javascript:x) ![p](https://x.example/p.png)\n\n<h1>x</h1>")
    assert not re.search(r"<(script|h1|img)|javascript:[^)]*\"", drawn)
