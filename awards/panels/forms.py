import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from awards.web.forms import Address, Form, Id, Line, OptionalLine, Tick, Version, problem
from awards.web.i18n import _


def _country(text: str) -> str:
    code = text.upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise problem(_("Enter the two letters of the country's code, such as KR"))
    return code


def _optional_country(text: str) -> str:
    return _country(text) if text else ""


Country = Annotated[str, AfterValidator(_country), Field(title="Country")]
Reason = Annotated[str, Field(title="Reason", min_length=1, max_length=1000)]
# A constraint stands inside the union: outside it would be asked of None too.
_empty = BeforeValidator(lambda value: None if value == "" else value)
OptionalAddress = Annotated[Address | None, _empty]
OptionalId = Annotated[Id | None, _empty]
Load = Annotated[Annotated[int, Field(ge=0, le=10_000)] | None, _empty]
Sheets = Annotated[Annotated[int, Field(ge=1, le=200)] | None, _empty]
Seed = Annotated[Annotated[int, Field(ge=0, le=2**31 - 1)] | None, _empty]
Level = Annotated[Annotated[int, Field(ge=0, le=5)] | None, _empty]
Experts = Annotated[Annotated[int, Field(ge=0, le=20)] | None, _empty]
Seconds = Annotated[Annotated[int, Field(ge=1, le=600)] | None, _empty]


def _share(value: object) -> object:
    """From 0 to 100 of a hundred, with at most four decimals, in millionths."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    match = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,4}))?", value.strip().removesuffix("%").strip(), re.ASCII)
    millionths = int(match[1]) * 10_000 + int((match[2] or "").ljust(4, "0")) if match else -1
    if not 0 <= millionths <= 1_000_000:
        raise problem(_("Enter a share of a hundred, such as 1 or 0.5"))
    return millionths


Share = Annotated[int | None, BeforeValidator(_share)]
Day = Annotated[date | None, _empty]
Role = Annotated[Literal["scorer", "chair", "jury"], Field(title="Role")]


class AddJudge(Form):
    name: Annotated[Line, Field(title="Full name")]
    email: Annotated[Address, Field(title="E-mail address")]
    country: Country
    organisation: Annotated[OptionalLine, Field(title="Employer or organisation")] = ""
    city: Annotated[str, Field(title="Home city", max_length=20)] = ""
    nationality: Annotated[str, AfterValidator(_optional_country), Field(title="Another nationality")] = ""
    biography: Annotated[str, Field(title="Biography", max_length=5000)] = ""
    languages: Annotated[OptionalLine, Field(title="Languages")] = ""


class ChangeJudge(Form):
    name: Annotated[Line, Field(title="Full name")]
    country: Country
    organisation: Annotated[OptionalLine, Field(title="Employer or organisation")] = ""
    city: Annotated[str, Field(title="Home city", max_length=20)] = ""
    nationality: Annotated[str, AfterValidator(_optional_country), Field(title="Another nationality")] = ""
    biography: Annotated[str, Field(title="Biography", max_length=5000)] = ""
    languages: Annotated[OptionalLine, Field(title="Languages")] = ""


class AddAffiliation(Form):
    """Beside home and present employer, which stand on the judge's own form; `since` empty is from now on."""

    kind: Annotated[Literal["employer", "nationality", "past", "vendor"], Field(title="Kind")]
    organisation: Annotated[OptionalLine, Field(title="Organisation")] = ""
    country: Annotated[str, AfterValidator(_optional_country), Field(title="Country")] = ""
    city: Annotated[str, Field(title="City", max_length=20)] = ""
    since: Annotated[Day, Field(title="From")] = None
    until: Annotated[Day, Field(title="Until")] = None


class EndAffiliation(Form):
    affiliation: Annotated[Id, Field(title="Affiliation")]
    until: Annotated[Day, Field(title="Until")] = None


class NominateJudge(Form):
    city: Annotated[Id, Field(title="City")]


class WithdrawNomination(Form):
    nomination: Id


class SayExpertise(Form):
    """By the id of the field; None takes back what was said."""

    levels: tuple[tuple[Id, Level], ...] = ()


class DescribeYourself(SayExpertise):
    biography: Annotated[str, Field(title="Biography", max_length=5000)] = ""
    languages: Annotated[OptionalLine, Field(title="Languages")] = ""
    named: Tick = False


class ListedJudge(AddJudge):
    """A row of a list: what is empty leaves what is known as it is."""

    country: Annotated[str, AfterValidator(_optional_country), Field(title="Country")] = ""
    nominated_by: tuple[Id, ...] = ()
    levels: tuple[tuple[Id, Level], ...] = ()


class PutIntoRound(Form):
    """Eligible entries of one category, or of all; `references` narrows it to those that are named."""

    category: Annotated[str, Field(title="Category", max_length=60)] = ""
    references: tuple[str, ...] = ()
    sheets_wanted: Annotated[Sheets, Field(title="Sheets wanted for each entry")] = None


class ChangeSheetsWanted(Form):
    reference: Annotated[str, Field(max_length=30)]
    sheets_wanted: Annotated[int, Field(title="Sheets wanted", ge=1, le=200)]


class PlanSheets(Form):
    """How many sheets an entry a round asks for, chosen on its plan."""

    version: Version
    sheets: Annotated[int, Field(title="Sheets for each entry", ge=1, le=100)]


class InviteJudge(Form):
    """A judge of the pool by their person, or a new one by name, address and country."""

    judge: Annotated[OptionalId, Field(title="Judge of the pool")] = None
    name: Annotated[OptionalLine, Field(title="Full name")] = ""
    email: Annotated[OptionalAddress, Field(title="E-mail address")] = None
    country: Annotated[str, AfterValidator(_optional_country), Field(title="Country")] = ""
    role: Role = "scorer"
    categories: tuple[str, ...] = ()
    low: Annotated[Load, Field(title="At least")] = None
    high: Annotated[Load, Field(title="At most")] = None


class ChangeSeat(Form):
    version: Version
    role: Role = "scorer"
    categories: tuple[str, ...] = ()
    low: Annotated[Load, Field(title="At least")] = None
    high: Annotated[Load, Field(title="At most")] = None


class RemindJudges(Form):
    seats: Annotated[tuple[Id, ...], Field(title="Judges")] = ()


class EndSeat(Form):
    version: Version
    reason: Reason


class ExtendSeat(Form):
    """`until` is read in the edition's zone; empty is the round's own deadline."""

    version: Version
    until: Annotated[str, Field(title="Until", max_length=40)] = ""
    why: Reason


class SayAvailability(Form):
    """The days are whole ones; one of them may stand alone."""

    most: Annotated[Load, Field(title="How many entries at most")] = None
    away_since: Annotated[Day, Field(title="Not available from")] = None
    away_until: Annotated[Day, Field(title="Not available until")] = None


class AcceptSeat(SayAvailability):
    """`terms` is the hash of the text that stood on the page, empty where there is none."""

    terms: Annotated[str, Field(max_length=64)] = ""
    agree: Tick = False


class DeclineSeat(Form):
    reason: Reason


class AcceptTerms(Form):
    terms: Annotated[str, Field(max_length=64)]
    agree: Tick = False


class DeclareConflicts(Form):
    """The references of the entries that the judge has a conflict with; none is a declaration too."""

    entries: tuple[str, ...] = ()
    reason: Annotated[str, Field(title="Reason", max_length=1000)] = ""


class Recuse(Form):
    reason: Reason


class AssignByHand(Form):
    seat: Id
    reference: Annotated[str, Field(max_length=30)]


class TakeBack(Form):
    assignment: Id


class AskForProposal(Form):
    """What is left out is as in the round's last proposal; `anew` forgets what that one let pass.

    `link_share` is typed as a share of a hundred and kept in millionths.
    """

    seed: Annotated[Seed, Field(title="Seed")] = None
    experts: Annotated[Experts, Field(title="Experts for every entry")] = None
    expert_level: Annotated[Level, Field(title="An expert knows at least")] = None
    link_share: Annotated[Share, Field(title="For linking judges better")] = None
    employers: Annotated[Literal["", "apart", "together"], Field(title="Judges of one employer")] = ""
    parts: Annotated[Literal["", "joined", "separate"], Field(title="Parts of the panel")] = ""
    seconds: Annotated[Seconds, Field(title="Time limit")] = None
    anew: Tick = False


class CancelProposal(Form):
    job: Id


class DecideProposal(Form):
    proposal: Id


class TakeRemedy(Form):
    """A remedy by its place among those of the proposal's shortage."""

    proposal: Id
    remedy: Annotated[int, Field(ge=0, le=1000)]


class MarkBridges(Form):
    """Ids of entries in the round."""

    bridges: Annotated[tuple[Id, ...], Field(title="Entries", min_length=1, max_length=20)]
    end: Tick = False


class RecordConflict(Form):
    """The secretariat learnt of a conflict between a judge of the round and one of its entries."""

    seat: Annotated[Id, Field(title="Judge")]
    reference: Annotated[str, Field(title="Entry", min_length=1, max_length=30)]
    reason: Reason


class WithdrawConflict(Form):
    conflict: Annotated[Id, Field(title="Conflict")]
    reason: Reason


class RestoreSheet(Form):
    assignment: Annotated[Id, Field(title="Sheet")]
    reason: Reason
