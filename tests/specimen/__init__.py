"""A page that holds every component once: the tests lint it, and people look at it in a browser."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from msgspec.structs import replace

from awards.web import figures
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Frame, LangLink, Link, Side
from awards.web.i18n import dir_of, use
from awards.web.templating import environment

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
LAYOUTS = ("public", "city", "bench", "desk", "document")
M = 1_000_000
CLOSES = datetime(2027, 4, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    name: str
    est: int
    tied: bool = False
    flag: bool = False

    @property
    def low(self) -> int:
        return self.est - 4 * M

    @property
    def high(self) -> int:
        return self.est + 4 * M

    @property
    def cl(self) -> int:
        return self.est - 1_600_000

    @property
    def ch(self) -> int:
        return self.est + 1_600_000

    @property
    def raw(self) -> int:
        return self.est - M


@dataclass(frozen=True)
class Step:
    text: str
    at: datetime | None
    state: str
    note: str


ROWS = (
    Row("Lindmere", 79_400_000), Row("Port Amaranth", 77_200_000), Row("Hanbyeol-si", 73_500_000, True),
    Row("Dar es-Sabah", 73_000_000, True), Row("Santa Ondina", 71_200_000, True),
    Row("Kitamorihama", 70_900_000), Row("Puerto Brisal", 49_600_000),
)  # fmt: skip
JUDGES = (Row("Grace", -4_100_000), Row("Eun-ji", 6_200_000, flag=True))
SCORES = figures.axis(v for r in ROWS for v in (r.low, r.high))
SEVERITIES = figures.balanced_axis(v for r in JUDGES for v in (r.low, r.high))
MARKS = figures.axis([4_000_000, 9_500_000], 7)


@dataclass(frozen=True)
class SpecimenPage:
    layout: str
    errors: FormErrors = NO_ERRORS
    title: str = "Mobility: results of the first round"
    text: str = "\nBefore the single ticket <b>"
    at: datetime = CLOSES
    choices: tuple[Choice, ...] = (Choice("1", "One", "hint of one"), Choice("2", "Two"))
    marks: tuple[Choice, ...] = tuple(
        Choice(str(n), str(n), "shown with data" if n == 7 else "") for n in range(11)
    )
    axis: figures.Axis = SCORES
    jaxis: figures.Axis = SEVERITIES
    caxis: figures.Axis = MARKS
    cut: int = figures.between(73_500_000, 73_000_000)
    bands: tuple[figures.Band[Row], ...] = figures.bands(ROWS, lambda row: row.tied)
    judges: tuple[Row, ...] = JUDGES
    steps: tuple[Step, ...] = (
        Step("Call opens", CLOSES, "past", ""),
        Step("Entries close", CLOSES, "here", "30 April, 12:00 UTC"),
        Step("Results", None, "", "not decided"),
    )
    links: tuple[Link, ...] = (Link("/p1", "1"), Link("/p2", "2", True), Link("/p3", "3"))


FRAME = Frame(
    lang="en", dir="ltr", path="/x", base_url="http://127.0.0.1:8000", programme_name="WeGO Awards",
    contact_email="awards@example.org", now=datetime(2027, 4, 7, 9, 14, tzinfo=UTC), csrf="token",
    actor_name="Soo-ah Lindqvist", actor_role="secretariat", place=Link("/editions", "Edition 2027"),
    demo=True, nav=(Link("/call", "The call", True), Link("/winners", "Winners")),
    side=Side(
        "Edition 2027",
        (Link("/a", "Overview"), Link("/b", "Entries", False, "52"), Link("/c", "Results", True, "2 open")),
    ),
    crumbs=(Link("/r", "Results"), Link("", "Mobility", True)),
    flash=Flash("good", "Entry submitted", "Reference 2027-M-03."),
    footer=(Link("/m", "How judging works"), Link("/p", "Privacy")),
    languages=(
        LangLink("/x?lang=en", "en", "ltr", "English", True),
        LangLink("/x?lang=ar", "ar", "rtl", "العربية"),
    ),
)  # fmt: skip
BARE = Frame(
    lang="en", dir="ltr", path="/x", base_url="http://127.0.0.1:8000", programme_name="WeGO Awards",
    contact_email="awards@example.org", now=FRAME.now,
)  # fmt: skip
WRONG = FormErrors(
    {
        "changed": "Write at least 200 words; the answer has 4",
        "kind": "Choose one",
        "need": "Mark it",
        "": "Look again",
    }
)


def specimen_environment() -> Environment:
    env = environment(TEMPLATES)
    assert env.loader is not None
    env.loader = ChoiceLoader([env.loader, FileSystemLoader(Path(__file__).parent)])
    return env


def specimen(layout: str, lang: str = "en", errors: FormErrors = NO_ERRORS, frame: Frame = FRAME) -> str:
    with use(lang):
        return (
            specimen_environment()
            .get_template("specimen.html")
            .render(page=SpecimenPage(layout, errors), frame=replace(frame, lang=lang, dir=dir_of(lang)))
        )
