from piccolo.columns import Boolean, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from awards.accounts.tables import Approval, Person
from awards.cities.tables import Entrant
from awards.db.columns import (
    Row,
    digest,
    line,
    link,
    moment,
    optional_link,
    optional_moment,
    optional_whole,
    prose,
    whole,
    word,
)


class Programme(Row, Table):
    slug = Varchar(length=60, null=False, unique=True)
    name = line()
    zone = word(default="UTC")
    lang = word(length=20, default="en")
    contact = line(254)
    version = whole(1)


class ProgrammePage(Row, Table):
    """A page that the secretariat writes in Markdown: about, rules, privacy, accessibility, contact."""

    programme = link(Programme, index=False)
    slug = word()
    lang = word(length=20, default="en")
    title = line()
    body = prose()
    version = whole(1)
    programme_page_one_per_language = Unique(["programme", "slug", "lang"])


class RoleGrant(Row, Table):
    """A role over a scope: `instance`, `programme:N` or `edition:N`. One open grant of a kind at a time."""

    person = link(Person)
    role = word()
    scope = word()
    since = moment()
    until = optional_moment()
    by = optional_link(Person)


class Membership(Row, Table):
    entrant = link(Entrant)
    programme = link(Programme)
    kind = word()
    since = moment()
    until = optional_moment()


class Edition(Row, Table):
    programme = link(Programme, index=False)
    slug = word()
    name = line()
    year = whole()
    zone = word(default="UTC")
    lang = word(length=20, default="en")
    origin = word(default="run")
    demo = Boolean(null=False, default=False)
    state = word(default="draft", index=True)
    summary = prose()
    version = whole(1)
    edition_one_per_programme = Unique(["programme", "slug"])


class Milestone(Row, Table):
    edition = link(Edition, index=False)
    kind = word()
    at = moment()
    local_text = line()
    public = Boolean(null=False, default=True)
    milestone_one_per_kind = Unique(["edition", "kind"])


class Extension(Row, Table):
    """A later deadline for entries: everybody's where it names no entrant, else that entrant's alone.

    `entry_id` narrows it to one entry, which lies above; 0 is all of the entrant's. `was` is the instant that
    counted before. Everybody's own instant is the milestone: these rows say when it was moved, by whom and why.
    """

    edition = link(Edition)
    entrant = optional_link(Entrant)
    entry_id = whole()
    was = moment()
    until = moment()
    reason = prose()
    by = optional_link(Person)
    ended_at = optional_moment()
    ended_by = optional_link(Person)
    extension_is_later = Check("was < until")


class Halt(Row, Table):
    """While one is open no sheet is written, nothing is signed for publication, and what was scheduled is withdrawn."""

    edition = link(Edition)
    reason = prose()
    by = link(Person)
    ended_at = optional_moment()
    ended_by = optional_link(Person)
    ended_because = prose()


class EditionRule(Row, Table):
    edition = link(Edition, index=False)
    code = word()
    value = prose()
    edition_rule_one_per_code = Unique(["edition", "code"])


class Category(Row, Table):
    edition = link(Edition, index=False)
    code = word()
    name = line()
    description = prose()
    position = whole()
    category_one_per_code = Unique(["edition", "code"])


class Field(Row, Table):
    """What a programme's judges know about: expertise in it outlives the categories of one edition."""

    programme = link(Programme, index=False)
    code = word()
    name = line()
    field_one_per_code = Unique(["programme", "code"])


class CategoryField(Row, Table):
    category = link(Category, index=False)
    field = link(Field)
    category_field_one_per_pair = Unique(["category", "field"])


class Question(Row, Table):
    """One that was taken out of the form ends where it has answers: they stay, and it can come back."""

    edition = link(Edition, index=False)
    section = line()
    code = word()
    kind = word(default="long text")
    label = line(500)
    hint = line(1000)
    limits = prose()
    audience = word(default="judges")
    hidden_when_blind = Boolean(null=False, default=False)
    show_if = prose()
    required = Boolean(null=False, default=True)
    frozen_at = optional_moment()
    position = whole()
    ended_at = optional_moment()
    question_one_per_code = Unique(["edition", "code"])


class QuestionCategory(Row, Table):
    """Narrows a question to categories; without a row it stands in all."""

    question = link(Question, index=False)
    category = link(Category)
    question_category_one_per_pair = Unique(["question", "category"])


class Scale(Row, Table):
    """The value of a mark m is (origin_milli + m x step_milli) / 1000, with 0 <= m <= top."""

    edition = link(Edition, index=False)
    code = word()
    origin_milli = whole()
    step_milli = whole(1000)
    top = whole(10)
    low_label = line()
    high_label = line()
    scale_one_per_code = Unique(["edition", "code"])
    scale_steps_up = Check("step_milli > 0 AND top > 0")


class Round(Row, Table):
    edition = link(Edition, index=False)
    code = word()
    name = line()
    position = whole()
    kind = word(default="criteria")
    opens = moment()
    closes = moment()
    state = word(default="draft", index=True)
    blind = Boolean(null=False, default=False)
    confidence = Boolean(null=False, default=False)
    bridge_first = Boolean(null=False, default=False)
    not_enough_evidence = Boolean(null=False, default=False)
    sheets_wanted = whole(3)
    method = prose()
    version = whole(1)
    round_one_per_code = Unique(["edition", "code"])
    round_one_per_position = Unique(["edition", "position"])
    round_opens_before_it_closes = Check("opens < closes")


class Criterion(Row, Table):
    """One identity over all categories of the round, so that severity is shared."""

    round = link(Round, index=False)
    code = word()
    name = line()
    question = line(500)
    scale = link(Scale)
    position = whole()
    criterion_one_per_code = Unique(["round", "code"])


class CriterionWeight(Row, Table):
    criterion = link(Criterion, index=False)
    category = link(Category)
    weight = whole()
    criterion_weight_one_per_category = Unique(["criterion", "category"])
    criterion_weight_counts = Check("weight > 0")


class RubricLevel(Row, Table):
    criterion = link(Criterion, index=False)
    mark = whole()
    text = line(1000)
    rubric_level_one_per_mark = Unique(["criterion", "mark"])


class ConflictRule(Row, Table):
    edition = link(Edition, index=False)
    code = word()
    effect = word(default="forbid")
    values = prose()
    conflict_rule_one_per_code = Unique(["edition", "code"])


class Prize(Row, Table):
    edition = link(Edition, index=False)
    category = optional_link(Category, index=True)
    code = word()
    name = line()
    position = whole()
    places = whole(1)
    kind = word(default="ranked")
    values = prose()
    prize_one_per_code = Unique(["edition", "code"])


class Ruleset(Row, Table):
    """What froze, whole: runs and packs point here."""

    edition = link(Edition, index=False)
    version = whole(1)
    round_id = optional_whole()
    body = prose()
    sha256 = digest()
    approval = optional_link(Approval)
    public_note = prose()
    ruleset_one_per_version = Unique(["edition", "version"])


class RulesetRequest(Row, Table):
    """Another set of rules that one person asks for: `base` is the edition as it was, `body` as it would be.

    The approval holds the signatures; it is over the hash of both documents and of the public note.
    """

    edition = link(Edition, index=False)
    number = whole(1)
    approval = link(Approval, index=False)
    base = prose()
    base_sha256 = digest()
    body = prose()
    sha256 = digest()
    public_note = prose()
    ended_by = optional_link(Person)
    answer = prose()
    ruleset_request_one_per_number = Unique(["edition", "number"])
    ruleset_request_one_per_approval = Unique(["approval"])
