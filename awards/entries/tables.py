from piccolo.columns import Varchar
from piccolo.constraints import Unique
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
    prose,
    whole,
    word,
)
from awards.editions.tables import Category, Edition, Question
from awards.files.tables import StoredFile


class Entry(Row, Table):
    edition = link(Edition)
    category = link(Category)
    reference = Varchar(length=30, null=False, unique=True)
    entrant = link(Entrant)
    for_city = optional_link(Entrant)
    title = line()
    lang = word(length=20, default="en")
    state = word(default="draft", index=True)
    by = optional_link(Person)
    submitted_at = optional_moment()
    withdrawn_at = optional_moment()
    version = whole(1)


class Answer(Row, Table):
    entry = link(Entry, index=False)
    question = link(Question)
    value = prose()
    version = whole(1)
    by = optional_link(Person)
    saved_at = moment()
    answer_one_per_question = Unique(["entry", "question"])


class AnswerRevision(Row, Table):
    """`operation` is the key of the save that made it, empty where a form made it: the answer to every retry."""

    answer = link(Answer, index=False)
    version = whole(1)
    value = prose()
    by = optional_link(Person)
    operation = word(length=32)
    answer_revision_one_per_version = Unique(["answer", "version"])


class WorkingText(Row, Table):
    """A first draft in any language, beside an answer: for the entrant's own people and nobody else."""

    entry = link(Entry, index=False)
    question = link(Question)
    text = prose()
    lang = word(length=20)
    version = whole(1)
    by = optional_link(Person)
    saved_at = moment()
    working_text_one_per_question = Unique(["entry", "question"])


class EntryVersion(Row, Table):
    """Each submission, whole: what a round reads."""

    entry = link(Entry, index=False)
    number = whole(1)
    body = prose()
    sha256 = digest()
    arrived_at = moment()
    by = optional_link(Person)
    entry_version_one_per_number = Unique(["entry", "number"])


class EntryConsent(Row, Table):
    """What a person agreed to: the declaration of who submits, the city's approval of a firm's entry.

    `number` is that of the submitted version that it was given with; `text` the very words that were shown. A
    city's approval came by a `way`: its own click, a letter, or the secretariat's word with its reason as the text.
    """

    entry = link(Entry)
    kind = word()
    by = link(Person)
    number = whole()
    text = prose()
    text_sha256 = digest()
    way = word()
    ended_at = optional_moment()


class Exemption(Row, Table):
    """A rule of the edition that does not hold for one entrant, with the reason that the entrant reads too."""

    edition = link(Edition)
    entrant = link(Entrant)
    rule = word()
    reason = prose()
    by = link(Person)
    ended_at = optional_moment()
    ended_by = optional_link(Person)


class Screening(Row, Table):
    """What one screener found in the submission `number`; `note` stays inside, `reason` is what the city would read."""

    entry = link(Entry, index=False)
    screener = link(Person)
    items = prose()
    outcome = word()
    note = prose()
    reason = prose()
    number = whole(1)
    done_at = optional_moment()
    version = whole(1)
    screening_one_per_screener = Unique(["entry", "screener"])


class ScreeningDecision(Row, Table):
    """Number 1 is the first decision, number 2 stands after the appeal."""

    entry = link(Entry, index=False)
    number = whole(1)
    outcome = word()
    reason = prose()
    by = link(Person)
    entry_version = optional_link(EntryVersion)
    approval = optional_link(Approval)
    appeal_until = optional_moment()
    screening_decision_one_per_number = Unique(["entry", "number"])


class Redaction(Row, Table):
    """What judges of blind rounds read in place of one part of a submitted version: see `redacting`. One stands at a time."""

    entry_version = link(EntryVersion, index=False)
    part = line()
    text = prose()
    by = link(Person, index=False)
    ended_at = optional_moment()
    ended_by = optional_link(Person)


class Appeal(Row, Table):
    """Against the first decision, once; `as_role` says whether the city sent it or the desk took it up."""

    entry = link(Entry, index=False)
    text = prose()
    by = link(Person)
    as_role = word()
    appeal_one_per_entry = Unique(["entry"])


class Enquiry(Row, Table):
    """What the city is asked about its submission: until `due` the answers to `questions` are open, and nothing else."""

    entry = link(Entry)
    questions = prose()
    text = prose()
    due = moment()
    by = link(Person)
    reply = prose()
    answered_at = optional_moment()
    answered_by = optional_link(Person)
    entry_version = optional_link(EntryVersion)
    ended_at = optional_moment()


class LateTry(Row, Table):
    """What came at the deadline or later and was refused: evidence for an appeal. `created_at` is its arrival."""

    edition = link(Edition)
    entrant = link(Entrant)
    entry = optional_link(Entry)
    tried = line()
    closed = moment()
    by = link(Person)


class HelpRequest(Row, Table):
    """The city asks the secretariat for help: until it ends, its draft is open to be read there."""

    entry = link(Entry, index=False)
    text = prose()
    by = link(Person)
    ended_at = optional_moment()
    ended_by = optional_link(Person)


class Attachment(Row, Table):
    """A file in answer to a question. It is replaced or removed, never deleted: what was submitted still reads it.

    `number` is the entry's, never given twice; `replaces` is the number of the one whose place it took.
    """

    entry = link(Entry, index=False)
    question = link(Question)
    number = whole(1)
    file = link(StoredFile)
    name = line()
    alt = prose()
    position = whole(1)
    version = whole(1)
    by = optional_link(Person)
    replaces = whole()
    replaced_at = optional_moment()
    removed_at = optional_moment()
    ended_by = optional_link(Person)
    attachment_one_per_number = Unique(["entry", "number"])
