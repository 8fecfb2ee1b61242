from piccolo.columns import BigInt, Boolean
from piccolo.constraints import Unique
from piccolo.table import Table

from awards.accounts.tables import Approval, Person
from awards.db.columns import (
    Row,
    digest,
    line,
    link,
    optional_link,
    optional_moment,
    optional_whole,
    prose,
    whole,
    word,
)
from awards.editions.tables import Category, Prize, Round, Ruleset
from awards.entries.tables import Entry
from awards.files.tables import StoredFile
from awards.panels.tables import RoundEntry, Seat


class CalibrationRun(Row, Table):
    """One stored calibration with the hash of its inputs; immutable but for its state."""

    round = link(Round, index=False)
    number = whole(1)
    ruleset = link(Ruleset)
    inputs = prose()
    inputs_sha256 = digest()
    method = word()
    software = word()
    seed = whole()
    body = prose()
    sha256 = digest()
    state = word(default="provisional")
    by = optional_link(Person)
    calibration_run_one_per_number = Unique(["round", "number"])


class Standing(Row, Table):
    """A sortable copy of the run's body. Estimates are millionths of a scale unit."""

    run = link(CalibrationRun, index=False)
    round_entry = link(RoundEntry)
    scope = word(default="all")
    sheets = whole()
    raw_mean = BigInt(null=True, default=None)
    estimate = BigInt(null=True, default=None)
    error = BigInt(null=True, default=None)
    rank = optional_whole()
    rank_low = optional_whole()
    rank_high = optional_whole()
    chances = prose()
    standing_one_per_scope = Unique(["run", "round_entry", "scope"])


class JudgeEffect(Row, Table):
    run = link(CalibrationRun, index=False)
    seat = link(Seat)
    scope = word(default="all")
    severity = BigInt(null=True, default=None)
    error = BigInt(null=True, default=None)
    spread = BigInt(null=True, default=None)
    fit = BigInt(null=True, default=None)
    judge_effect_one_per_scope = Unique(["run", "seat", "scope"])


class PrizeDecision(Row, Table):
    """Without an entry the place is left unawarded; two entries may share by two places."""

    prize = link(Prize, index=False)
    place = whole(1)
    version = whole(1)
    entry = optional_link(Entry, index=True)
    run = optional_link(CalibrationRun)
    reason = prose()
    citation = prose()
    by = link(Person)
    prize_decision_one_per_version = Unique(["prize", "place", "version"])


class Waiver(Row, Table):
    """Two people let a thing that the gate lists pass; the reason, which the approval holds, is read by everybody.

    It stands once its approval is given, while the thing is as it was then, and until it is ended.
    """

    round = link(Round)
    item = line()
    item_sha256 = digest()
    approval = link(Approval)
    ended_at = optional_moment()


class Deliberation(Row, Table):
    """A panel meets on the order of one category, as `run` gives it. Its approval, once given, concludes it."""

    round = link(Round, index=False)
    category = link(Category)
    run = link(CalibrationRun)
    # References of the entries in the order in which they are taken, as a JSON list.
    agenda = prose()
    # Whether the scorers deliberate too, beside the chair and the jury.
    whole_panel = Boolean(null=False, default=False)
    state = word(default="open", index=True)
    approval = optional_link(Approval)
    concluded_at = optional_moment()
    by = link(Person)
    deliberation_one_per_category = Unique(["round", "category"])


class DeliberationAct(Row, Table):
    """What was said or decided, by whom and why. `run` is the one that it was said of; nothing is taken back.

    `person` left the room or came back; `marks` is a JSON object of agreed marks by criterion; `place` and `level` are
    where an entry was moved to.
    """

    deliberation = link(Deliberation, index=False)
    number = whole(1)
    kind = word()
    run = link(CalibrationRun)
    round_entry = optional_link(RoundEntry)
    person = optional_link(Person)
    place = optional_whole()
    level = Boolean(null=False, default=False)
    marks = prose()
    title = line()
    reason = prose()
    file = optional_link(StoredFile, index=True)
    file_name = line()
    by = link(Person)
    as_role = word()
    deliberation_act_one_per_number = Unique(["deliberation", "number"])


class Advance(Row, Table):
    """Whether an entry goes on from its round to the next, each time that somebody said so.

    The `outcome` of the round entry is the newest. `reason` says why it is not as the rule has it.
    """

    round_entry = link(RoundEntry, index=False)
    version = whole(1)
    outcome = word()
    run = optional_link(CalibrationRun)
    reason = prose()
    by = link(Person)
    advance_one_per_version = Unique(["round_entry", "version"])
