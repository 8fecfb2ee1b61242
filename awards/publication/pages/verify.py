"""A result pack is checked here, in the reader's own browser: the second of two checkers written from one text."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from awards.publication import queries
from awards.publication.pack.queries_sealed import keys_given_out
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.render import render_public


class StepText(Struct, frozen=True):
    """A step of the text that both checkers were written from."""

    code: str
    name: str
    about: str


class VerifyPage(Struct, frozen=True):
    title: str
    steps: tuple[StepText, ...]
    keys: tuple[str, ...]
    """By which the packs are signed that are out, the newest first."""


@get("/verify", opt={"public": True})
async def verify(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    page = VerifyPage(_("Check a result yourself"), _steps(), tuple(await keys_given_out(now)))
    return render_public(request, "publication/verify.html", page, until=await queries.next_change(now))


def _steps() -> tuple[StepText, ...]:
    return (
        StepText("bytes", _("Bytes"), _("The file is written in the one way that there is to write it.")),
        StepText("signature", _("Signature"), _("Whoever holds the awards’ key signed exactly this.")),
        StepText("identity", _("Identity"), _("It is the pack of the publication that it says it is.")),
        StepText(
            "document", _("Published document"), _("It holds what two people signed and the pages show.")
        ),
        StepText(
            "reads",
            _("Reads and sums"),
            _("What judges gave is possible on the scales, adds up, and connects what is compared."),
        ),
        StepText("parts", _("Parts"), _("How strict judges are is taken off only where marks can tell it.")),
        StepText("ratio", _("Variance ratio"), _("How much judges differ is what the likelihood says.")),
        StepText(
            "estimates",
            _("Estimates"),
            _("Each entry’s number in each criterion follows from what judges gave."),
        ),
        StepText("totals", _("Totals"), _("Criteria are added up by the weights that were announced.")),
        StepText("order", _("Order"), _("The ranks follow from the totals and the announced tie-breaks.")),
        StepText(
            "deliberation", _("Deliberation"), _("The final order follows from what the jury put on record.")
        ),
        StepText("prizes", _("Prizes"), _("Each prize goes where its rule says, or a reason is given.")),
        StepText("published", _("Published rows"), _("The public pages say what was calculated.")),
        StepText("commitments", _("Commitments"), _("Every signed sheet is accounted for.")),
        StepText("chain", _("Audit chain"), _("The head of the record, to compare with one that you hold.")),
    )


ROUTES: list[HTTPRouteHandler] = [verify]
