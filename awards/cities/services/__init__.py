"""Verbs of cities: entrants are proposed and decided on, people are allowed to act for them."""

from awards.cities.services.entrants import (
    LikelyDoubles,
    approve_entrant,
    change_entrant,
    decline_entrant,
    propose_entrant,
)
from awards.cities.services.links import end_link, link_entrants
from awards.cities.services.officials import (
    accept_invitation,
    approve_official,
    ask_to_join,
    decline_invitation,
    decline_official,
    end_official,
    invite_official,
)

__all__ = [
    "LikelyDoubles",
    "accept_invitation",
    "approve_entrant",
    "approve_official",
    "ask_to_join",
    "change_entrant",
    "decline_entrant",
    "decline_invitation",
    "decline_official",
    "end_link",
    "end_official",
    "invite_official",
    "link_entrants",
    "propose_entrant",
]
