"""Verbs that set an edition up and move it on. Each is one transaction."""

from awards.editions.services.documents import Applied, apply_document, change_edition
from awards.editions.services.programme_pages import save_page
from awards.editions.services.roles import end_role, grant_role
from awards.editions.services.rulesets import (
    ask_for_ruleset,
    consent_to_ruleset,
    decline_ruleset,
    withdraw_ruleset,
)
from awards.editions.services.stages import (
    BY_HAND,
    change_state,
    close_round,
    open_call,
    open_round,
)

__all__ = [
    "BY_HAND",
    "Applied",
    "apply_document",
    "ask_for_ruleset",
    "change_edition",
    "change_state",
    "close_round",
    "consent_to_ruleset",
    "decline_ruleset",
    "end_role",
    "grant_role",
    "open_call",
    "open_round",
    "save_page",
    "withdraw_ruleset",
]
