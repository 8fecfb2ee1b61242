"""Verbs of panels, by name. Each is one transaction."""

from awards.panels.services.assignments import assign_by_hand, recuse, take_back
from awards.panels.services.conflicts import record_conflict, restore_sheet, withdraw_conflict
from awards.panels.services.entries import change_sheets_wanted, plan_sheets, put_into_round
from awards.panels.services.extending import extend_seat
from awards.panels.services.importing import Imported, import_judges
from awards.panels.services.invitations import (
    accept_seat,
    accept_terms,
    declare_conflicts,
    decline_seat,
    say_availability,
)
from awards.panels.services.judges import add_judge, change_judge
from awards.panels.services.mending import mark_bridges, take_remedy
from awards.panels.services.nominations import (
    answer_nomination,
    decide_nomination,
    name_judge,
    withdraw_naming,
)
from awards.panels.services.objections import decide_objection, object_to_judge, withdraw_objection
from awards.panels.services.overrides import ask_override, consent_override, end_override
from awards.panels.services.pool import (
    add_affiliation,
    describe_yourself,
    end_affiliation,
    nominate_judge,
    say_expertise,
    withdraw_nomination,
)
from awards.panels.services.proposals import apply_proposal, undo_proposal
from awards.panels.services.proposing import JOB_HANDLERS as PROPOSING
from awards.panels.services.proposing import ask_for_proposal, cancel_computation, propose
from awards.panels.services.reminders import remind_judges
from awards.panels.services.repairs import JOB_HANDLERS as REPAIRING
from awards.panels.services.repairs import ask_for_repair, choose_offer, mend
from awards.panels.services.seats import change_seat, end_seat, invite_judge, resend_invitation
from awards.panels.services.settling import settle_conflicts, settle_rounds_at_work
from awards.panels.services.suppliers import add_supplier, end_supplier

JOB_HANDLERS = {**PROPOSING, **REPAIRING}

__all__ = [
    "JOB_HANDLERS",
    "Imported",
    "accept_seat",
    "accept_terms",
    "add_affiliation",
    "add_judge",
    "add_supplier",
    "answer_nomination",
    "apply_proposal",
    "ask_for_proposal",
    "ask_for_repair",
    "ask_override",
    "assign_by_hand",
    "cancel_computation",
    "change_judge",
    "change_seat",
    "change_sheets_wanted",
    "choose_offer",
    "consent_override",
    "decide_nomination",
    "decide_objection",
    "declare_conflicts",
    "decline_seat",
    "describe_yourself",
    "end_affiliation",
    "end_override",
    "end_seat",
    "end_supplier",
    "extend_seat",
    "import_judges",
    "invite_judge",
    "mark_bridges",
    "mend",
    "name_judge",
    "nominate_judge",
    "object_to_judge",
    "plan_sheets",
    "propose",
    "put_into_round",
    "record_conflict",
    "recuse",
    "remind_judges",
    "resend_invitation",
    "restore_sheet",
    "say_availability",
    "say_expertise",
    "settle_conflicts",
    "settle_rounds_at_work",
    "take_back",
    "take_remedy",
    "undo_proposal",
    "withdraw_conflict",
    "withdraw_naming",
    "withdraw_nomination",
    "withdraw_objection",
]
