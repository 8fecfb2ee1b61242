from piccolo.constraints import Check, Unique
from piccolo.table import Table

from awards.accounts.tables import Approval, Person
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
from awards.editions.tables import Edition
from awards.entries.tables import Entry
from awards.scoresheets.tables import Scoresheet


class Publication(Row, Table):
    """Sealed at the second signature. Visible when visible_at <= now, asked in every query."""

    edition = link(Edition, index=False)
    number = whole(1)
    kind = word()
    visible_at = moment(index=True)
    note = prose()
    figures = prose()
    approval = optional_link(Approval)
    pack_sha256 = digest()
    withdrawn_at = optional_moment()
    # To its entrants: `due` until the worker has made them, at or after its instant.
    letters = word()
    publication_one_per_number = Unique(["edition", "number"])
    publication_two_people_signed = Check("kind = 'archive' OR approval IS NOT NULL")


class PublishedEntry(Row, Table):
    """Public pages read these rows and nothing else."""

    publication = link(Publication, index=False)
    slug = word(length=120, index=True)
    entry = optional_link(Entry, index=True)
    title = line()
    entrant_name = line()
    country = word(length=2)
    country_label = line(120)
    region = word()
    category = line()
    category_code = word()
    prize = line()
    prize_position = optional_whole()
    rank = optional_whole()
    figures = prose()
    citation = prose()
    practice = prose()
    source_url = line(1000)
    published_entry_one_per_slug = Unique(["publication", "slug"])


class PracticeTerm(Row, Table):
    """A word that a published practice is found by. Made at or after the publication's instant, never before.

    `head` is the term's first letters: beginnings of words are looked up by an index that both engines use alike.
    """

    published_entry = link(PublishedEntry, index=False)
    term = word()
    head = word(length=3, index=True)
    weight = whole(1)
    practice_term_one_of_each = Unique(["published_entry", "term"])


class Feedback(Row, Table):
    """What an entrant is told after a publication, made at its instant or after; it never moves again."""

    publication = link(Publication, index=False)
    entry = link(Entry)
    body = prose()
    feedback_one_per_entry = Unique(["publication", "entry"])


class NoteReview(Row, Table):
    """What a person of the secretariat decided of a judge's words to the city, before they go out."""

    scoresheet = link(Scoresheet, index=False)
    note_sha256 = digest()
    outcome = word()
    struck = prose()
    reason = prose()
    by = link(Person, index=False)
    note_review_one_per_sheet = Unique(["scoresheet"])


class Certificate(Row, Table):
    """The paper itself is set when it is asked for: the published row says all that stands on it."""

    published_entry = link(PublishedEntry, index=False)
    kind = word()
    check_code = word(length=20)
    certificate_one_per_entry = Unique(["published_entry"])
    certificate_one_per_code = Unique(["check_code"])


class ResultPack(Row, Table):
    """The very bytes that are handed out: sealed with the publication, and as hidden as it is until its instant."""

    publication = link(Publication, index=False)
    audience = word()
    level = word()
    key = digest()
    sha256 = digest()
    body = prose()
    result_pack_one_per_audience = Unique(["publication", "audience"])
