"""What the rules of an edition are asked about, and the rows in which they answer. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from awards.cities.rules import EntrantKind
from awards.editions.document import EditionRules


class Rule(StrEnum):
    """In the order in which people read them."""

    KIND = "kind"
    MEMBERS = "members"
    WINNERS = "winners"
    QUOTA = "quota"
    CATEGORY = "category"
    APPROVAL = "approval"
    MATURITY = "maturity"
    LANGUAGE = "language"
    WORDS = "words"


# These ask about the city that an entry counts for, whoever enters.
OF_THE_CITY = frozenset({Rule.MEMBERS, Rule.WINNERS, Rule.QUOTA, Rule.APPROVAL})
# These ask about what is entered: before it is started there is nothing to say of them.
OF_THE_ENTRY = frozenset({Rule.CATEGORY, Rule.MATURITY, Rule.LANGUAGE, Rule.WORDS})


class RuleState(StrEnum):
    HOLDS = "holds"
    MISSING = "missing"
    EXEMPTED = "exempted"
    NONE = "does not apply"


class Stage(IntEnum):
    """From when on a rule that is not met stops an entry. What stops a change stops a start too."""

    CHANGE = 1
    START = 2
    SUBMIT = 3


class RuleRow(Struct, frozen=True):
    """`text` says what holds or what to do; `reason` is that of the exception; `field` is of the form that asks."""

    rule: Rule
    state: RuleState
    text: str
    stage: Stage = Stage.SUBMIT
    field: str = ""
    reason: str = ""

    @property
    def page(self) -> str:
        """Of an entry, the page on which the person mends it; nothing where there is none."""
        if self.field in ("title", "category", "lang"):
            return "about"
        return "" if self.field in ("entrant", "city") else self.field


# --- what is asked of the database ---------------------------------------------------------------------


class Sibling(Struct, frozen=True):
    """Another entry for the same city in the same edition; `own` is of the same entrant, `counts` takes a place."""

    reference: str
    title: str
    category: str
    own: bool = True
    counts: bool = True


class Win(Struct, frozen=True):
    """What the city won in an earlier edition of the programme, as it is published."""

    edition: str
    year: int
    title: str


class CityWord(StrEnum):
    """What the city said of an entry on its behalf."""

    WAITING = "waiting"
    GIVEN = "given"
    DECLINED = "declined"


class Said(Struct, frozen=True):
    word: CityWord = CityWord.WAITING
    way: str = ""
    by: str = ""
    text: str = ""


class Named(Struct, frozen=True):
    """A question that a rule may name: is it asked in the category, and what was answered; files as a count."""

    label: str
    asked: bool = True
    value: str = ""
    files: int = 0


class Facts(Struct, frozen=True):
    """What stands when the rules are asked: the edition, the entrant, and the city that its entry counts for.

    `city` is empty where the entrant names none and so counts for itself; `city_people` act for it here.
    """

    rules: EditionRules
    programme: str
    year: int
    zone: str
    closes: datetime | None
    entrant: str
    kind: EntrantKind
    opens: datetime | None = None
    city: str = ""
    city_people: int = 0
    siblings: tuple[Sibling, ...] = ()
    wins: tuple[Win, ...] = ()
    is_member: bool = False
    said: Said = Said()
    questions: Mapping[str, Named] = {}
    exemptions: Mapping[str, str] = {}

    @property
    def is_for_a_city(self) -> bool:
        """Whether somebody else enters on behalf of the city."""
        return self.kind is not EntrantKind.CITY

    @property
    def counted(self) -> str:
        """Whose entries are counted."""
        return self.city or self.entrant

    @property
    def taken(self) -> int:
        return sum(1 for one in self.siblings if one.counts or one.own)


class Draft(Struct, frozen=True):
    """What is entered. `words` are the labels of answers that have too few or too many of them."""

    title: str
    category: str
    lang: str
    words: tuple[str, ...] = ()
