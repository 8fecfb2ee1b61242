"""What came too late, in words: what was tried, and by how much it was late. Pure."""

from datetime import timedelta

from awards.web.i18n import _, ngettext
from awards.web.words import lasting

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_PREFIXES = ("save", "restore", "attach", "remove a file of", "describe a file of", "move a file of")


def how_late(span: timedelta) -> str:
    """To the millisecond where it was close: that is what an appeal is about."""
    if not span:
        return _("nothing: at its own instant")
    if span < SECOND:
        return ngettext(
            "%(num)d millisecond", "%(num)d milliseconds", max(1, span // timedelta(milliseconds=1))
        )
    if span < MINUTE:
        return ngettext("%(num)d second", "%(num)d seconds", span // SECOND)
    return lasting(span)


def tried_words(tried: str) -> str:
    """A stored try for people; what names a question has its code at the end."""
    plain = {
        "start": _("to start an entry"),
        "change": _("to change title, category or language"),
        "submit": _("to submit"),
        "answer": _("to answer a question of the secretariat"),
        "appeal": _("to appeal"),
    }
    if tried in plain:
        return plain[tried]
    kind = next((one for one in _PREFIXES if tried.startswith(f"{one} ")), "")
    code = tried.removeprefix(kind).strip()
    match kind:
        case "save":
            return _("to save the answer “%(code)s”", code=code)
        case "restore":
            return _("to restore the answer “%(code)s”", code=code)
        case "attach":
            return _("to attach a file to “%(code)s”", code=code)
        case "remove a file of":
            return _("to remove a file of “%(code)s”", code=code)
        case "describe a file of":
            return _("to describe a file of “%(code)s”", code=code)
        case "move a file of":
            return _("to move a file of “%(code)s”", code=code)
    return tried
