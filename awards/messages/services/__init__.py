"""The verbs of messages."""

from awards.messages.services.drafts import drop_mailing, save_texts, see_recipients, start_mailing
from awards.messages.services.sending import Outcome, send_mailing, send_test, stop_mailing
from awards.messages.services.templates import save_template

__all__ = [
    "Outcome",
    "drop_mailing",
    "save_template",
    "save_texts",
    "see_recipients",
    "send_mailing",
    "send_test",
    "start_mailing",
    "stop_mailing",
]
