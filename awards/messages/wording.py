"""Our own words to each group, in the language of the present task; the secretariat may write others."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from awards.messages.rules import Group, Recipient, Scope, Text, scope_of
from awards.web import i18n
from awards.web.i18n import Lazy, _, lazy
from awards.web.words import day, day_time, listing

NAMES: Mapping[Group, Lazy] = {
    Group.DRAFTS: lazy("Officials with entries not submitted"),
    Group.ENTRANTS: lazy("Entrants"),
    Group.JUDGES: lazy("Judges"),
    Group.UNFINISHED: lazy("Judges with sheets to sign off"),
    Group.SILENT: lazy("Judges not heard of"),
    Group.INVITED: lazy("Invited judges without an answer"),
    Group.SCREENERS: lazy("Screeners"),
    Group.WINNERS: lazy("Winners"),
    Group.WITHOUT_PRIZE: lazy("Entrants without a prize"),
}

HINTS: Mapping[Group, Lazy] = {
    Group.DRAFTS: lazy("Who may submit a draft of theirs while the call is open. Its text stays unread."),
    Group.ENTRANTS: lazy("Who acts for a submitted entry, of one category or of all."),
    Group.JUDGES: lazy("Everybody who accepted a seat on the panel of a round."),
    Group.UNFINISHED: lazy("Judges of an open round who have a sheet that is not signed off."),
    Group.SILENT: lazy(
        "Judges of an open round with sheets to write who opened, saved and signed nothing for a week."
    ),
    Group.INVITED: lazy("Who was invited to a round and neither accepted nor declined."),
    Group.SCREENERS: lazy("Who checks which entries are eligible."),
    Group.WINNERS: lazy("Who acts for an entry with a prize, as it is published."),
    Group.WITHOUT_PRIZE: lazy("Who acts for an eligible entry, where the entrant won nothing."),
}

# The first line of every mail: why its reader gets it.
WHY: Mapping[Group, Lazy] = {
    Group.DRAFTS: lazy("You get this because you act for an entrant that has not submitted an entry of %(edition)s."),
    Group.ENTRANTS: lazy("You get this because you act for an entry of %(edition)s."),
    Group.JUDGES: lazy("You get this because you judge in %(edition)s."),
    Group.UNFINISHED: lazy("You get this because you judge in %(edition)s and have sheets to sign off."),
    Group.SILENT: lazy("You get this because you judge in %(edition)s and have sheets to write."),
    Group.INVITED: lazy("You get this because you are invited to judge in %(edition)s."),
    Group.SCREENERS: lazy("You get this because you screen the entries of %(edition)s."),
    Group.WINNERS: lazy("You get this because you act for an entry of %(edition)s, whose results are public."),
    Group.WITHOUT_PRIZE: lazy(
        "You get this because you act for an entry of %(edition)s, whose results are public."
    ),
}  # fmt: skip

OURS: Mapping[Group, tuple[Lazy, Lazy]] = {
    Group.DRAFTS: (
        lazy("{edition}: your entry is not submitted yet"),
        lazy(
            "Dear {name},\n\n"
            "still a draft: {entry_references}. Nobody reads a draft, and it takes part only once it is "
            "submitted.\n\n"
            "The call closes on {deadline} ({deadline_local}). What arrives before that instant is in.\n\n"
            "Check the answers and submit it here:\n{link}\n\n"
            "If you no longer want to take part, there is nothing that you need to do. For questions write to "
            "{contact}."
        ),
    ),
    Group.ENTRANTS: (
        lazy("{edition}: your entry and what comes next"),
        lazy(
            "Dear {name},\n\n"
            "thank you for {entry_titles} ({entry_references}). It is with us, and judges from outside read it "
            "next.\n\n"
            "The results are announced on {announcement}. Until then nobody, ourselves included, can say how an "
            "entry stands.\n\n"
            "What you submitted, and its state, is here:\n{link}\n\n"
            "For questions write to {contact}."
        ),
    ),
    Group.JUDGES: (
        lazy("{edition}, {round}: news for judges"),
        lazy(
            "Dear {name},\n\n"
            "thank you for judging in {round}. It takes marks until {deadline} ({deadline_local}).\n\n"
            "Sheets of yours that are not signed off yet: {sheets_left}. They are here:\n{link}\n\n"
            "If you know a person, a city or a firm behind one of your entries, step aside from it there; that "
            "takes one sentence. For questions write to {contact}."
        ),
    ),
    Group.UNFINISHED: (
        lazy("{edition}, {round}: sheets to sign off by {deadline}"),
        lazy(
            "Dear {name},\n\n"
            "thank you for the time that you give to {round}. Sheets of yours that are not signed off yet: "
            "{sheets_left}.\n\n"
            "A sheet counts once it is signed off, before {deadline} ({deadline_local}). What is saved and not "
            "signed does not count.\n\n"
            "Go on where you stopped:\n{link}\n\n"
            "If you cannot read all of them, tell us soon, so that somebody else can: {contact}."
        ),
    ),
    Group.SILENT: (
        lazy("{edition}, {round}: can you still judge?"),
        lazy(
            "Dear {name},\n\n"
            "we have heard nothing from you for a week, and sheets wait for you: {sheets_left}. They are due "
            "before {deadline} ({deadline_local}).\n\n"
            "Your entries are here:\n{link}\n\n"
            "If something came in between, one line to {contact} is enough: we give your entries to others, and "
            "nobody needs to know why."
        ),
    ),
    Group.INVITED: (
        lazy("{edition}: will you judge in {round}?"),
        lazy(
            "Dear {name},\n\n"
            "we invited you to judge in {round} of {edition} and have no answer yet. The round takes marks until "
            "{deadline} ({deadline_local}).\n\n"
            "Accept or decline with the link in our invitation; both help. If you no longer find it, write to "
            "{contact} and we send another."
        ),
    ),
    Group.SCREENERS: (
        lazy("{edition}: entries to screen"),
        lazy(
            "Dear {name},\n\n"
            "there are entries of {edition} to be checked before they are judged. The list, with what still has "
            "no decision, is here:\n{link}\n\n"
            "For questions write to {contact}."
        ),
    ),
    Group.WINNERS: (
        lazy("{edition}: congratulations"),
        lazy(
            "Dear {name},\n\n"
            "the results of {edition} are public, and your entry is among the winners: {entry_titles}. We "
            "congratulate you and everybody who took part in the work.\n\n"
            "The winners and how they were judged:\n{link}\n\n"
            "For questions write to {contact}."
        ),
    ),
    Group.WITHOUT_PRIZE: (
        lazy("{edition}: the results are public"),
        lazy(
            "Dear {name},\n\n"
            "the results of {edition} are public. {entry_titles} was read with care and is not among the winners "
            "this time. Thank you for the work and for letting others learn from it.\n\n"
            "The winners and how they were judged:\n{link}\n\n"
            "For questions write to {contact}."
        ),
    ),
}


def ours(group: Group, lang: str) -> Text | None:
    """Our words in this language; none where we have no words in it."""
    subject, body = OURS[group]
    with i18n.use(lang):
        text = Text(str(subject), str(body))
    known = lang == i18n.SOURCE or text.body != body.message
    return text if known else None


def why(group: Group, edition: str) -> str:
    return WHY[group] % {"edition": edition}


def named(group: Group, of: str) -> str:
    """The group with what it is of: “Judges, First round”."""
    return _("%(group)s, %(of)s", group=str(NAMES[group]), of=of) if of else str(NAMES[group])


# --- one reader's mail ---------------------------------------------------------------------------------


class Circumstances(Struct, frozen=True):
    """What the mails of one message have in common."""

    group: Group
    programme: str
    edition: str
    zone: str
    announcement: datetime | None
    round: str
    link: str
    """Where readers go on who have no one entry of their own."""


def values_for(one: Recipient, common: Circumstances, lang: str) -> dict[str, str]:
    """What fills the gaps of the text to this reader, in the language of the text; `contact` is the mail's own."""
    link = common.link
    if scope_of(common.group) is not Scope.ROUND and len(one.entries) == 1 and link == "/city":
        link = f"/city/entries/{one.entries[0].reference}"
    zone = one.zone if one.zone != "UTC" else common.zone
    with i18n.use(lang):
        return {
            "name": one.name,
            "programme": common.programme,
            "edition": common.edition,
            "round": common.round,
            "link": link,
            "entry_titles": listing(
                [_("“%(title)s”", title=part.title) for part in one.entries if part.title]
            ),
            "entry_references": listing([part.reference for part in one.entries]),
            "deadline": day_time(one.deadline) if one.deadline else "",
            "deadline_local": day_time(one.deadline, zone) if one.deadline else "",
            "announcement": day(common.announcement, common.zone) if common.announcement else "",
            "sheets_left": str(one.sheets_left),
        }


def letter_values(
    text: Text, one: Recipient, common: Circumstances, lang: str, *, test: bool = False
) -> dict[str, str]:
    """All that the template mail/mailing draws."""
    with i18n.use(lang):
        reason = why(common.group, common.edition)
    return {
        **values_for(one, common, lang),
        "subject": text.subject,
        "body": text.body,
        "why": reason,
        "test": "1" if test else "",
    }
