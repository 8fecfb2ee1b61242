"""What a page says when a request cannot be answered as asked. Needs no session and no database."""

from msgspec import Struct

from awards.web.i18n import _


class ErrorPage(Struct, frozen=True):
    status: int
    title: str
    paragraphs: tuple[str, ...]
    reference: str
    search: bool = False


def error_page(status: int, reference: str, why: str = "") -> ErrorPage:
    """Calm words for a status: what happened, then what to do next. `why` is the refuser's own sentence."""
    said: tuple[str, ...]
    match status:
        case 400 | 408 | 411 | 431:
            title = _("This request could not be read")
            said = (
                _("Something in it was incomplete or not in the form that we can take."),
                _("Go back, load the page again and try once more. Nothing has been changed."),
            )
        case 401:
            title = _("You are signed out")
            said = (
                _("This page is for people who have signed in. Nothing was saved by this request."),
                _(
                    "Sign in in another tab, come back to this one, go back a page and send again: "
                    "what you typed is still there."
                ),
            )
        case 403:
            title = _("This is not open to you")
            said = (
                why or _("Your account lacks the right to do this, or the page has been open for too long."),
                _("Go back and load the page again. If you need this right, write to us and say what for."),
            )
        case 404 | 410:
            title = _("There is no page at this address")
            said = (
                _(
                    "If you typed the address, check it. If you followed a link from this site, it is our "
                    "mistake; addresses of winners and results never change, so tell us."
                ),
                _("If you are signed in as another person, the page may be there for them and not for you."),
            )
        case 405:
            title = _("This address cannot be used in this way")
            said = (_("Go back to the page before and use its buttons and links. Nothing has been changed."),)
        case 409:
            title = _("Somebody else has changed this")
            said = (
                why or _("It has been changed since you opened the page, so nothing was overwritten."),
                _("Go back, copy what you wrote, load the page again and decide what should stand."),
            )
        case 413:
            title = _("This is too large to send")
            said = (_("Go back and send a smaller file, or several one by one. Nothing has been changed."),)
        case 415:
            title = _("This kind of content cannot be taken")
            said = (_("Go back and use the form on the page. Nothing has been changed."),)
        case 422:
            title = _("Something has to be corrected")
            said = (
                why or _("The answer does not fit what was asked, and nothing was stored."),
                _("Go back and correct it; what you wrote is still on the page before."),
            )
        case 429:
            title = _("Too many attempts")
            said = (
                why or _("Wait a few minutes, then try again."),
                _("This protects your account and everybody’s against guessing."),
            )
        case 503 if why:
            title = _("This is stopped for a while")
            said = (why,)
        case 503:
            title = _("The service is not available at present")
            said = (
                _("It could not reach its records. Nothing that was confirmed to you is lost."),
                _("Keep this page and load it again in a minute. What was not confirmed was not stored."),
            )
        case _other:
            title = _("Something went wrong on our side")
            said = (
                _("The request could not be completed, and the failure has been noted."),
                _("Try again. If it happens again, write to us with the reference below."),
            )
    return ErrorPage(status, title, said, reference, search=status in (404, 410))
