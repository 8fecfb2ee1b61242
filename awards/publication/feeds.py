"""What was published as an Atom feed, and every public page as a sitemap. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from msgspec import Struct

from awards.web.i18n import _, ngettext
from awards.web.words import iso

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The protocol's own limit for one file.
MOST_ADDRESSES = 50_000
MOST_NEWS = 50
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class News(Struct, frozen=True):
    """One publication that is out, whether or not another one stands in its place by now."""

    programme: str
    edition: str
    edition_name: str
    number: int
    kind: str
    visible_at: datetime
    note: str
    winners: int
    finalists: int

    @property
    def path(self) -> str:
        return f"/awards/{self.programme}/{self.edition}"


def headline(one: News) -> str:
    names = {
        "finalists": _("%(edition)s: the finalists", edition=one.edition_name),
        "names": _("%(edition)s: who has won", edition=one.edition_name),
        "winners": _("%(edition)s: the winners and their prizes", edition=one.edition_name),
        "ranks": _("%(edition)s: the places of all entries", edition=one.edition_name),
        "full": _("%(edition)s: all results with their scores", edition=one.edition_name),
        "correction": _("%(edition)s: a correction", edition=one.edition_name),
        "archive": _("%(edition)s: winners from the records", edition=one.edition_name),
    }
    return names.get(one.kind, one.edition_name)


def summary(one: News) -> str:
    if one.note:
        return one.note
    if one.winners:
        return ngettext("%(num)d winner.", "%(num)d winners.", one.winners)
    if one.finalists:
        return ngettext("%(num)d finalist.", "%(num)d finalists.", one.finalists)
    return ""


def atom(news: Sequence[News], *, title: str, base_url: str, host: str, lang: str) -> bytes:
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": lang})
    _add(feed, "title", title)
    _add(feed, "id", f"tag:{host},2012:awards")
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{base_url}/feed.xml"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{base_url}/results"})
    # An empty feed is as old as the feed's own beginning: it must not look new at every reading.
    newest = max((one.visible_at for one in news), default=None)
    _add(feed, "updated", iso(newest) if newest else "2012-01-01T00:00:00Z")
    _add(SubElement(feed, "author"), "name", title)
    for one in news[:MOST_NEWS]:
        entry = SubElement(feed, "entry")
        _add(entry, "id", f"tag:{host},2012:awards/{one.programme}/{one.edition}/{one.number}")
        _add(entry, "title", headline(one))
        _add(entry, "published", iso(one.visible_at))
        _add(entry, "updated", iso(one.visible_at))
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": base_url + one.path})
        if text := summary(one):
            _add(entry, "summary", text)
    return _bytes(feed)


def sitemap(addresses: Iterable[tuple[str, datetime | None]]) -> bytes:
    """`addresses` are whole; with each, since when it says what it says, where that is known."""
    root = Element("urlset", {"xmlns": SITEMAP})
    for address, since in list(addresses)[:MOST_ADDRESSES]:
        url = SubElement(root, "url")
        _add(url, "loc", address)
        if since is not None:
            _add(url, "lastmod", iso(since))
    return _bytes(root)


def robots(base_url: str) -> bytes:
    """What is for one person is no page to find; the rest is."""
    closed = ("/account", "/bench", "/city", "/confirm", "/desk", "/invitation", "/prove", "/reset", "/start")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {base_url}/sitemap.xml",
    ]
    return ("\n".join(lines) + "\n").encode()


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_IN_XML.sub("", text)


def _bytes(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
