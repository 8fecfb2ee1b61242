"""Reading messages: groups and who is in them, drafts, the log, the texts of an edition."""

from awards.messages.queries.groups import Of, OfRound, names_of, recipients_of
from awards.messages.queries.mailings import (
    PAGE,
    Counts,
    Deliveries,
    Delivery,
    Listed,
    MailingRow,
    TemplateRow,
    counts_of,
    deliveries_of,
    mailing_locked,
    mailing_of,
    mailings_of,
    newest_to,
    templates_of,
    written_since,
)
from awards.messages.queries.ready import Offer, Ready, dates_of, of_parts, offers_of, ready_for

__all__ = [
    "PAGE",
    "Counts",
    "Deliveries",
    "Delivery",
    "Listed",
    "MailingRow",
    "Of",
    "OfRound",
    "Offer",
    "Ready",
    "TemplateRow",
    "counts_of",
    "dates_of",
    "deliveries_of",
    "mailing_locked",
    "mailing_of",
    "mailings_of",
    "names_of",
    "newest_to",
    "of_parts",
    "offers_of",
    "ready_for",
    "recipients_of",
    "templates_of",
    "written_since",
]
