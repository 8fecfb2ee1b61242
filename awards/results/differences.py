"""Two runs of a round beside each other: what was read, what was ruled, and what comes of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.results.queries import EntryName, Names, RunText
from awards.results.views import method_name, moved
from awards.web.i18n import _, ngettext
from awards.web.words import listing


class Difference(Struct, frozen=True):
    reference: str
    entrant: str
    category_name: str
    before: int | None
    after: int | None
    rank_before: int | None
    rank_after: int | None

    @property
    def moved(self) -> bool:
        return self.rank_before != self.rank_after


def entries_that_differ(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    entries: Mapping[str, EntryName],
    hidden: frozenset[str],
) -> list[Difference]:
    """Every entry whose number or place is not the same in the two runs."""

    def totals(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        return {s["entry"]: s for s in body.get("standings", ()) if s["scope"] == "all"}

    old, new = totals(before), totals(after)
    rows = []
    for reference, entry in entries.items():
        one, other = old.get(reference, {}), new.get(reference, {})
        row = Difference(
            reference, entry.entrant, entry.category_name,
            one.get("estimate"), other.get("estimate"), one.get("rank"), other.get("rank"),
        )  # fmt: skip
        if entry.category not in hidden and (row.before, row.rank_before) != (row.after, row.rank_after):
            rows.append(row)
    # Within each, the order of categories stays.
    return sorted(rows, key=lambda row: not row.moved)


def prizes_that_move(
    before: RunText, after: RunText, names: Names, entries: Mapping[str, EntryName], hidden: frozenset[str]
) -> list[str]:
    """By the order of marks alone, in sentences; who decides prizes decides them again."""
    old, new = _winners(before.body), _winners(after.body)
    # Who takes a prize over all tells of every category, also that nobody of a hidden one takes it.
    shut = {rule.code for rule in names.rules if rule.category in hidden or (hidden and not rule.category)}
    said = []
    for code in names.prizes:
        had, has = old.get(code, frozenset()), new.get(code, frozenset())
        if had == has or code in shut:
            continue
        said.append(moved(code, sorted(has - had), sorted(had - has), names, entries) + ".")
    return said


def _winners(body: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {
        prize["prize"]: frozenset(prize["entries"] or ())
        for key in ("prizes", "other_prizes")
        for prize in body.get(key, ())
    }


def what_was_read(
    before: RunText, after: RunText, names: Names, entries: Mapping[str, EntryName], hidden: frozenset[str]
) -> list[str]:
    """Which sheets and entries one run read and the other did not, in sentences; nothing of hidden categories."""

    def shown(reference: str) -> bool:
        return reference in entries and entries[reference].category not in hidden

    def sheets(run: RunText) -> dict[tuple[str, str], Any]:
        return {(one["entry"], one["judge"]): one for one in run.inputs["sheets"] if shown(one["entry"])}

    def entered(run: RunText) -> set[str]:
        return {one["id"] for one in run.inputs["entries"] if shown(one["id"])}

    old, new = sheets(before), sheets(after)
    said = []
    for texts, pairs in (
        (_no_longer, [pair for pair in old if pair not in new]),
        (_now_counts, [pair for pair in new if pair not in old]),
        (_other_marks, [pair for pair in new if pair in old and new[pair] != old[pair]]),
    ):
        said += [texts(entries[ref].entrant, _judge(label, names)) for ref, label in sorted(pairs)]
    gone, come = sorted(entered(before) - entered(after)), sorted(entered(after) - entered(before))
    if gone:
        said.append(_("No longer in the round: %(entries)s.", entries=_called(gone, entries)))
    if come:
        said.append(_("New in the round: %(entries)s.", entries=_called(come, entries)))
    return said


def _no_longer(entrant: str, judge: str) -> str:
    return _("The sheet of %(judge)s for %(entrant)s no longer counts.", judge=judge, entrant=entrant)


def _now_counts(entrant: str, judge: str) -> str:
    return _("The sheet of %(judge)s for %(entrant)s counts now.", judge=judge, entrant=entrant)


def _other_marks(entrant: str, judge: str) -> str:
    return _("The sheet of %(judge)s for %(entrant)s says something else.", judge=judge, entrant=entrant)


def _judge(label: str, names: Names) -> str:
    return names.judges[label].name if label in names.judges else label


def _called(references: Sequence[str], entries: Mapping[str, EntryName]) -> str:
    return listing([entries[reference].entrant for reference in references])


# What of the inputs is a rule, and how it is called.
def _ruled() -> tuple[tuple[str, str], ...]:
    return (
        ("criteria", _("criteria, scales or weights")),
        ("prizes", _("prizes")),
        ("tie_breaks", _("tie-breaks")),
        ("carried", _("totals carried over")),
        ("draws", _("the number of recalculations")),
        ("seed", _("the seed of the recalculations")),
    )


def what_was_ruled(before: RunText, after: RunText) -> list[str]:
    """Rules, method and software that are not the same."""
    said = []
    old, new = before.inputs["method"], after.inputs["method"]
    if old["rule"] != new["rule"]:
        said.append(
            _(
                "Method: %(after)s instead of %(before)s.",
                after=method_name(new["rule"]),
                before=method_name(old["rule"]),
            )
        )
    elif old != new:
        said.append(_("The method has other options."))
    if others := [name for key, name in _ruled() if before.inputs.get(key) != after.inputs.get(key)]:
        said.append(_("Other rules: %(names)s.", names=listing(others)))
    if before.ruleset != after.ruleset:
        said.append(
            _("Rules of version %(after)d instead of %(before)d.", after=after.ruleset, before=before.ruleset)
        )
    if before.software != after.software:
        said.append(
            _("Calculated by %(after)s instead of %(before)s.", after=after.software, before=before.software)
        )
    return said


def places_that_move(rows: Iterable[Difference]) -> str:
    count = sum(row.moved for row in rows)
    if not count:
        return _("No place differs.")
    return ngettext("%(num)d place differs.", "%(num)d places differ.", count)
