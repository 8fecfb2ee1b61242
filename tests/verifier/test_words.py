"""The checker in the browser speaks in codes; the page has words for each of them, and for no other."""

import re
from pathlib import Path

from awards.publication.pages.verify import _steps
from tests.verifier.checked import STEPS

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "awards" / "static"
CODE = r'"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)"'
# What stands in place of a value: a step's code is made of its name there.
SAID = (
    rf"\.(?:fail|say|tell)\({CODE}",
    rf"Refused\({CODE}",
    rf"expect\(.*, {CODE}[,)]",
    rf"\? {CODE} : {CODE}",
)


def said() -> set[str]:
    found: set[str] = set()
    for file in [*STATIC.glob("pack-*.js"), STATIC / "verify.js"]:
        for line in file.read_text().splitlines():
            if re.search(r"\.(fail|say|tell|expect)\(|Refused\(", line):
                for pattern in SAID:
                    for match in re.finditer(pattern, line):
                        found.update(match.groups())
    return found


def test_every_code_has_words_and_every_word_a_code() -> None:
    words = (ROOT / "templates" / "publication" / "_checking.html").read_text()
    known = re.findall(rf"\({CODE}, _\(", words)
    assert len(known) == len(set(known))
    assert said() - set(known) == set(), "said without words"
    spoken = "".join(file.read_text() for file in [*STATIC.glob("pack-*.js"), STATIC / "verify.js"])
    assert [code for code in known if f'"{code}"' not in spoken] == [], "words that nothing says"


def test_the_page_names_the_steps_of_the_text() -> None:
    text = (ROOT / "awards" / "verifier" / "SPEC.md").read_text()
    titles = re.findall(r"^### \d+ (.+)$", text, re.MULTILINE)
    assert len(titles) == len(STEPS)
    assert tuple(step.code for step in _steps()) == STEPS
