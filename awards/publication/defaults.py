"""Texts that stand until the secretariat writes its own: true of the service whatever the edition."""

from msgspec import Struct

from awards.web.i18n import _
from awards.web.site import Masthead


class Text(Struct, frozen=True):
    title: str
    body: str


def default_text(slug: str, masthead: Masthead) -> Text:
    return {
        "method": _method,
        "rules": _rules,
        "privacy": _privacy,
        "accessibility": _accessibility,
        "contact": _contact,
    }[slug](masthead)


def _method(_masthead: Masthead) -> Text:
    return Text(
        _("How judging works"),
        _(
            """# From an entry to a place

Every entry is read by several judges, each by themselves. A judge marks every criterion on the scale that was
announced, with words for what each step means, and signs the sheet. While a round is open nobody sees a mark or an
average, the secretariat included.

A judge may work without a connection on a device of their own. What they wrote in time and what arrives after the
deadline is held until two people accept or refuse it without seeing a mark, or is refused, as the rules of the edition
say. What was held and accepted counts like any other sheet, once its judge has signed it.

# Why marks are calibrated

Some judges are strict, some are mild. Where not everybody reads everything, an entry could win by the luck of its
readers. We estimate how strict each judge is from the entries that judges have in common, and take that out: a score is
the plain mean of the marks, less the strictness of the judges who happened to read that entry. Where everybody in a
category read everything, this changes nothing in the order, and the page says so. The plain mean stands beside
the calibrated score, but where it would tell what one or two judges gave. Where the rules of an edition name another way of counting, its own page of method says it.

# How sure the order is

Marks are never exact. We recalculate the ranking thousands of times within the disagreement that the judges showed, and
say in how many of 100 recalculations an entry was ahead of another, and which places it may well have. Entries whose
order the marks do not support are shown as such. Such numbers inform; they decide nothing.

# Who decides

The method is fixed before the round opens and cannot be changed once marks are there. The order comes from whole numbers
and written rules; what no rule breaks is a tie. Where people decide otherwise than the order says, they give a
reason, and the reason is published. Two people sign every publication, and neither of them may act for an entrant or
have judged an entry.

# Corrections

What has been published is never changed in place. A correction is a new, numbered publication with a note that says what
was wrong."""
        ),
    )


def _rules(_masthead: Masthead) -> Text:
    return Text(
        _("Rules"),
        _(
            """Each edition has its own rules: who may enter, how many entries, the categories with their criteria and
weights, and the dates. They stand on the edition's page and freeze when its call opens.

# In time

An entry is in time if its request reaches our server before the instant that the page names. At that instant the call is
closed. A later deadline is given to everybody or to nobody.

# Conflicts of interest

A judge does not read entries of their own city, country or employer, unless the edition says otherwise, and steps aside
from any entry for which they would not be seen as impartial.

# Decisions

The jury's order and the secretariat's decisions are final. A mistake in counting is corrected in public."""
        ),
    )


def _privacy(masthead: Masthead) -> Text:
    return Text(
        _("Privacy"),
        _(
            """# What we keep

Your name, your address for mail, your password as a hash, and what you do here: entries, marks, decisions. Judges also
tell us where they live and work, because conflicts of interest are found from that.

Judges can choose to keep the entries that they read on a device of their own, to work without a connection. The copies
leave it when they sign out, when all is sent, after 14 days, and when somebody else signs in there.

# What is public

The names of winners and, where the edition says so, of the other entrants; the names of judges after publication. Which
mark came from whom is never published.

# What we do not do

No advertising, no tracking, no cookies but those that keep you signed in, no requests to other servers when you open a
page.

# Your rights

Write to [{contact}](mailto:{contact}) to see what we keep of you, to have it corrected, or to have your personal data
erased where the record of a decision does not need it."""
        ).format(contact=masthead.contact),
    )


def _accessibility(masthead: Masthead) -> Text:
    return Text(
        _("Accessibility"),
        _(
            """We want everybody to be able to use this service. It is built to meet level AA of the Web Content
Accessibility Guidelines 2.2.

# What works

- every page by keyboard alone, and without scripts
- text enlarged to 400 percent and lines spaced wider, without scrolling sideways
- dark and high-contrast settings of your device
- every figure also as a table of numbers
- right-to-left languages

# What does not yet

Wide tables scroll sideways inside their own frame on a phone. Documents that cities attach may not be accessible.

# Tell us

If something stands in your way, write to [{contact}](mailto:{contact}); tell us the address of the page and what
happened. If a deadline is near, say so, and we will find another way with you."""
        ).format(contact=masthead.contact),
    )


def _contact(masthead: Masthead) -> Text:
    return Text(
        _("Contact"),
        _(
            """Write to the secretariat of the {programme} at [{contact}](mailto:{contact}).

Name the reference of your entry if you have one; it looks like WG26-7KQ4M. Never send a password."""
        ).format(contact=masthead.contact, programme=masthead.name),
    )
