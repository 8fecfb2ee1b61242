from piccolo.columns import Boolean, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

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


class Person(Row, Table):
    name = line()
    lang = word(length=20, default="en")
    zone = word(default="UTC")
    merged_into = optional_link("self")
    disabled_at = optional_moment()
    erased_at = optional_moment()


class EmailAddress(Row, Table):
    person = link(Person)
    address = line(254)
    folded = Varchar(length=254, null=False, unique=True)
    confirmed_at = optional_moment()
    is_primary = Boolean(null=False, default=False)


class Credential(Row, Table):
    person = link(Person)
    kind = word()
    secret = line()
    changed_at = moment()
    credential_one_per_kind = Unique(["person", "kind"])


class Session(Row, Table):
    person = link(Person)
    token_sha256 = Varchar(length=64, null=False, unique=True)
    csrf = word(length=64)
    agent = line(200)
    address = word(length=64)
    seen_at = moment()
    proved_at = moment()
    expires_at = moment()
    ended_at = optional_moment()
    # Said at sign-in: others use this device too, so nothing of the bench is ever left on it.
    shared = Boolean(null=False, default=False)


class Ticket(Row, Table):
    """A link in a mail: confirm an address, choose a password, accept an invitation. Used once."""

    purpose = word()
    person = optional_link(Person, index=True)
    email = line(254)
    subject_kind = word()
    subject_id = whole()
    token_sha256 = Varchar(length=64, null=False, unique=True)
    expires_at = moment()
    used_at = optional_moment()


class SignInFailure(Row, Table):
    """One wrong password, kept to slow down who guesses; `folded` is hashed, it may be nobody's address."""

    account_sha256 = Varchar(length=64, null=False, index=True)
    address = Varchar(length=64, null=False, index=True)
    at = moment(index=True)


class Approval(Row, Table):
    """The second person's consent to one exact thing: worth nothing once the subject's hash differs."""

    action = word()
    subject_kind = word()
    subject_id = whole()
    subject_sha256 = digest()
    asked_by = link(Person)
    given_by = optional_link(Person)
    reason = prose()
    given_at = optional_moment()
    ended_at = optional_moment()
    approval_two_people = Check("asked_by <> given_by")
