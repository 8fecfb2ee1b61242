"""What a later publication says otherwise than the one before it: none means that it only goes further. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.editions.licences import licence_of, title_of
from awards.publication.document import Draft, PublishedRow, place_of
from awards.publication.rules import BY_NAME, Kind
from awards.web.i18n import _, ngettext
from awards.web.words import listing

# So many are told of one by one.
FEW = 3


class Change(Struct, frozen=True):
    """Of one entry that was shown, or of a category; `before` and `after` as a reader sees them."""

    name: str
    category: str
    what: str
    before: str
    after: str
    reference: str = ""
    """Of the entry; none where it is said of the whole category."""
    code: str = ""
    """Of the category."""
    common: bool = False
    """What a new calculation changes nearly everywhere, and words tell of nobody in particular."""

    def touches(self, row: PublishedRow) -> bool:
        if self.reference:
            return self.reference == row.figures.get("reference")
        return self.code == row.category_code


def shown_by(draft: Draft) -> str:
    """The step that a publication stands for: a correction says again what some step showed."""
    return str(draft.figures.get("shows", draft.kind))


def changes(before: Draft, after: Draft) -> list[Change]:
    """What the public was told and would now be told differently. What was not told before is no change."""
    shows = shown_by(before)
    was = {row.figures["reference"]: row for row in before.rows if "reference" in row.figures}
    now = {row.figures["reference"]: row for row in after.rows if "reference" in row.figures}
    less = shows not in BY_NAME and shown_by(after) in BY_NAME
    found = [change for ref, row in was.items() for change in _of_entry(row, now.get(ref), shows, less)]
    found += [_added(row) for ref, row in now.items() if ref not in was and _was_due(row, before, shows)]
    return [*found, *_left_unawarded(before, after), *_of_categories(before, after)]


def in_short(found: Iterable[Change]) -> list[Change]:
    """For who reads them: what is common last, and of many at once."""
    single, common = [], dict[tuple[str, str, str, bool], list[Change]]()
    for one in found:
        if one.common:
            common.setdefault((one.what, one.before, one.after, bool(one.reference)), []).append(one)
        else:
            single.append(one)
    for (what, before, after, of_entries), many in common.items():
        if len(many) <= FEW:
            single += many
            continue
        number = len(many)
        name = (
            ngettext("%(num)d entry", "%(num)d entries", number)
            if of_entries
            else ngettext("%(num)d category", "%(num)d categories", number)
        )
        single.append(Change(name, "", what, before, after, common=True))
    return single


def _of_entry(was: PublishedRow, now: PublishedRow | None, shows: str, less: bool) -> Iterator[Change]:
    def change(what: str, before: str, after: str) -> Change:
        return _change(was, what, before, after)

    if now is None:
        yield change(_("Named"), _("yes"), _("no"))
        return
    texts = (
        (_("Name"), was.entrant_name, now.entrant_name),
        (_("Title"), was.title, now.title),
        (_("Country"), was.country_label, now.country_label),
        (_("Region"), was.region, now.region),
        (_("Category"), was.category, now.category),
    )
    yield from (change(what, one, other) for what, one, other in texts if one != other)
    if _is_finalist(was) and not _is_finalist(now):
        yield change(_("Finalist"), _("yes"), _("no"))
    if shows in BY_NAME:
        if shows == Kind.NAMES and _has_won(was) and not _has_won(now):
            yield change(_("Has won"), _("yes"), _("no"))
        return
    if less:
        yield change(_("Prize, place and scores"), _("as they were published"), _("not told any more"))
        return
    if _prizes(was) != _prizes(now):
        yield change(_("Prize"), _prizes(was) or _("none"), _prizes(now) or _("none"))
    reasons = {award["prize"]: award["reason"] for award in now.figures.get("awards", ())}
    for award in was.figures.get("awards", ()):
        said = award.get("reason", "")
        if said and said != reasons.get(award["prize"], said):
            yield change(
                _("Reason for %(prize)s", prize=award["name"]), said, reasons[award["prize"]] or _("none")
            )
    if was.citation and was.citation != now.citation:
        yield change(_("Citation"), was.citation, now.citation)
    if was.practice and was.practice != now.practice:
        yield change(_("The practice"), _("as it was published"), _("another text"))
    places = place_of(was.rank, was.figures), place_of(now.rank, now.figures)
    if places[0] is not None and places[0] != places[1]:
        yield change(_("Place"), str(places[0]), _("none") if places[1] is None else str(places[1]))
    if any(now.figures.get(name) != was.figures[name] for name in _SCORES if name in was.figures):
        hidden = "estimate" in was.figures and "estimate" not in now.figures
        after = _("not told any more") if hidden else _("others")
        yield replace(change(_("Scores"), _("as they were published"), after), common=True)


_SCORES = ("estimate", "raw", "error", "sheets", "rank_low", "rank_high", "criteria")


def _added(row: PublishedRow) -> Change:
    return _change(row, _("Named"), _("no"), _("yes"))


def _change(row: PublishedRow, what: str, before: str, after: str) -> Change:
    return Change(
        row.entrant_name or row.title, row.category, what, before, after,
        str(row.figures["reference"]), row.category_code,
    )  # fmt: skip


def _was_due(row: PublishedRow, before: Draft, shows: str) -> bool:
    """Whether the publication before would have named it, had it known."""
    if shows == Kind.FINALISTS:
        return _is_finalist(row)
    return _has_won(row) or shows in (Kind.RANKS, Kind.FULL)


def _of_categories(before: Draft, after: Draft) -> Iterator[Change]:
    was, now = before.figures.get("categories", {}), after.figures.get("categories", {})
    licences = licence_of(before.figures), licence_of(after.figures)
    if licences[0] != licences[1]:
        was_licence, now_licence = (title_of(one) for one in licences)
        yield Change(_("The whole edition"), "", _("Licence"), was_licence, now_licence)
    for code, figures in was.items():
        name, other = figures.get("name", code), now.get(code, {})
        if not figures.get("run") or figures["run"].get("sha256") == other.get("run", {}).get("sha256"):
            continue
        yield Change(
            "", name, _("Calculation"), _number(figures["run"]), _number(other.get("run", {})), code=code,
            common=True,
        )  # fmt: skip
    held = {(one["round"], one["category"]): one for one in after.figures.get("deliberations", ())}
    for one in before.figures.get("deliberations", ()):
        if not _still_says(one, held.get((one["round"], one["category"]))):
            code = one["category"]
            yield Change(
                "", was.get(code, {}).get("name", code), _("What the meeting decided"),
                _("as it was published"), _("another decision or reason"), code=code,
            )  # fmt: skip


def _left_unawarded(before: Draft, after: Draft) -> Iterator[Change]:
    """Reasons that were told of prizes that nobody has; that somebody has one after all is said of who has it."""
    names = {one["code"]: one["name"] for one in before.figures.get("prizes", ())}
    over_all = (("", before.figures, after.figures),)
    other = after.figures.get("categories", {})
    for code, was, now in (
        *((code, found, other.get(code, {})) for code, found in before.figures.get("categories", {}).items()),
        *over_all,
    ):
        held = {(one["prize"], one["place"]): one["reason"] for one in now.get("unawarded", ())}
        for one in was.get("unawarded", ()):
            reason = held.get((one["prize"], one["place"]), one["reason"])
            if reason != one["reason"]:
                what = _("Why %(prize)s is not awarded", prize=names.get(one["prize"], one["prize"]))
                name = "" if code else _("Over all categories")
                yield Change(name, was.get("name", ""), what, one["reason"], reason, code=code)


def _still_says(was: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    """A further step may tell more of an act, and of more acts; what was told of one stays."""
    if now is None or was["statement"] not in ("", now["statement"]):
        return False
    return all(any(act.items() <= other.items() for other in now["acts"]) for act in was["acts"])


def _number(run: Mapping[str, Any]) -> str:
    return _("run %(number)s", number=run["number"]) if run.get("number") else _("none")


def _prizes(row: PublishedRow) -> str:
    """Shared or not is part of what was told: a prize that another gets too is another prize."""
    return listing(
        [
            _("%(prize)s, shared", prize=award["name"]) if award.get("shared") else award["name"]
            for award in row.figures.get("awards", ())
        ]
    )


def _is_finalist(row: PublishedRow) -> bool:
    return bool(row.figures.get("finalist"))


def _has_won(row: PublishedRow) -> bool:
    return bool(row.figures.get("awards") or row.figures.get("won"))
