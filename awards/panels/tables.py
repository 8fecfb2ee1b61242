from piccolo.columns import Boolean, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from awards.accounts.tables import Approval, Person, Ticket
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
from awards.editions.tables import Category, Edition, Field, Round
from awards.entries.tables import Entry, EntryVersion


class Judge(Row, Table):
    """Who is in the pool, over all editions."""

    person = link(Person, index=False)
    biography = prose()
    languages = line()
    joined_at = moment()
    # Since when they let public pages of a jury show their name and biography; empty for who does not.
    named_since = optional_moment()
    judge_one_per_person = Unique(["person"])


class Affiliation(Row, Table):
    """Where a judge belongs or belonged; conflicts are computed from this, at the date in question."""

    person = link(Person)
    entrant = optional_link(Entrant)
    organisation = line()
    country = word(length=2)
    kind = word(default="home")
    since = moment()
    until = optional_moment()


class Nomination(Row, Table):
    person = link(Person, index=False)
    by = link(Entrant)
    nomination_one_per_entrant = Unique(["person", "by"])


class Expertise(Row, Table):
    """How much a judge knows of a field, from 0, nothing, to 5, a leading expert; without a row nobody has said."""

    person = link(Person, index=False)
    field = link(Field)
    level = whole()
    expertise_one_per_field = Unique(["person", "field"])
    expertise_in_range = Check("level >= 0 AND level <= 5")


class Seat(Row, Table):
    """A person's place on the panel of a round. The label is random and new for each round."""

    round = link(Round, index=False)
    person = link(Person)
    role = word(default="scorer")
    low = whole()
    high = optional_whole()
    state = word(default="invited")
    extended_until = optional_moment()
    ticket = optional_link(Ticket)
    label = Varchar(length=12, null=False)
    reason = line(1000)
    # What the judge said on accepting: how many entries at most, and when they cannot read.
    told_most = optional_whole()
    away_since = optional_moment()
    away_until = optional_moment()
    conflicts_declared_at = optional_moment()
    # When the secretariat last asked for the sheets that are not signed off.
    reminded_at = optional_moment()
    version = whole(1)
    seat_one_per_person = Unique(["round", "person"])
    seat_one_per_label = Unique(["round", "label"])


class SeatCategory(Row, Table):
    """Narrows a seat to categories; without a row the seat serves all."""

    seat = link(Seat, index=False)
    category = link(Category)
    seat_category_one_per_pair = Unique(["seat", "category"])


class TermsAcceptance(Row, Table):
    person = link(Person, index=False)
    edition = link(Edition)
    terms_sha256 = digest()
    accepted_at = moment()
    terms_acceptance_one_per_text = Unique(["person", "edition", "terms_sha256"])


class DeclaredConflict(Row, Table, tablename="conflict"):
    """A conflict that somebody declared; those that follow from a rule are computed, never stored."""

    person = link(Person)
    edition = link(Edition)
    entrant = optional_link(Entrant)
    entry = optional_link(Entry)
    code = word()
    source = word()
    reason = prose()
    withdrawn_at = optional_moment()


class ConflictOverride(Row, Table):
    """Two people let a judge read an entry although a rule forbids it: one row for each kind of conflict.

    It stands once its approval is given, and until it is ended.
    """

    seat = link(Seat)
    entry = link(Entry)
    code = word()
    approval = link(Approval)
    ended_at = optional_moment()


class EntrySupplier(Row, Table):
    """A firm that supplies what an entry is about, told by its city or by the secretariat."""

    entry = link(Entry)
    name = line()
    folded = line()
    source = word()
    by = link(Person)
    ended_at = optional_moment()


class Objection(Row, Table):
    """A city asks that somebody does not judge its entry. Only the secretariat finds out whether they are a judge."""

    entry = link(Entry)
    name = line()
    folded = line()
    reason = prose()
    by = link(Person)
    state = word(default="asked", index=True)
    person = optional_link(Person)
    conflict = optional_link(DeclaredConflict)
    answer = prose()
    decided_by = optional_link(Person)
    decided_at = optional_moment()


class CityNomination(Row, Table):
    """A member city names somebody for the pool. Who is named is asked before they are in it."""

    edition = link(Edition)
    entrant = link(Entrant)
    by = link(Person)
    name = line()
    email = line(254)
    folded = line(254)
    country = word(length=2)
    expertise = prose()
    reason = prose()
    state = word(default="asked", index=True)
    person = optional_link(Person)
    ticket = optional_link(Ticket)
    answer = prose()
    decided_by = optional_link(Person)
    decided_at = optional_moment()
    answered_at = optional_moment()


class RoundEntry(Row, Table):
    """An entry in a round; made when it is eligible or advances."""

    round = link(Round, index=False)
    entry = link(Entry)
    entry_version = optional_link(EntryVersion)
    sheets_wanted = whole(3)
    bridge = Boolean(null=False, default=False)
    carried_weight = whole()
    outcome = word()
    reason = prose()
    round_entry_one_per_entry = Unique(["round", "entry"])


class Proposal(Row, Table):
    """A stored assignment, refused when what it was computed from is no longer true."""

    round = link(Round)
    rules = prose()
    seed = whole()
    base_sha256 = digest()
    body = prose()
    state = word(default="proposed")
    by = optional_link(Person)
    applied_at = optional_moment()
    undone_at = optional_moment()


class Assignment(Row, Table):
    round_entry = link(RoundEntry, index=False)
    seat = link(Seat)
    origin = word(default="proposal")
    proposal = optional_link(Proposal)
    state = word(default="given", index=True)
    opened_at = optional_moment()
    saved_at = optional_moment()
    signed_at = optional_moment()
    known_conflicts = prose()
    # Until when a closed round reads this once more. Empty for all others, and again when further reads follow.
    extra_until = optional_moment()
    # Until when the judge may sign this sheet off, and nothing else: two people accepted marks that arrived late.
    sign_until = optional_moment()
    assignment_one_per_seat = Unique(["round_entry", "seat"])


class Recusal(Row, Table):
    assignment = link(Assignment, index=False)
    code = word()
    text = prose()
    recusal_one_per_assignment = Unique(["assignment"])


class SetAside(Row, Table):
    """A sheet that is kept and left out of the results, and why. Restored on purpose, it counts again.

    Nobody's act where a rule of the edition did it.
    """

    assignment = link(Assignment)
    code = word()
    reason = prose()
    state = word()
    by = optional_link(Person, index=True)
    approval = optional_link(Approval)
    restored_at = optional_moment()
    restored_by = optional_link(Person)
    restored_reason = prose()
    restored_approval = optional_link(Approval)
