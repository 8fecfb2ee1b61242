"""What follows from a publication, in a sound database and with one thing wrong."""

import hashlib

from awards.publication.feedback import Feedback as Said
from awards.publication.feedback import RoundFeedback, text_of
from awards.publication.tables import Certificate, Feedback, ResultPack
from tests import factories
from tests.awards.sound import World
from tests.factories import AT, DAY, add


def _said(sheets: int) -> str:
    one = RoundFeedback("Final", 3, sheets, 1, 2, 7_000_000, (), None, None, (), ("Well done",), 0)
    return text_of(Said("Services", (one,)))


async def feedback_early(made: World) -> None:
    await add(
        Feedback, publication=made.publication, entry=made.entry, body=_said(3), created_at=AT - 400 * DAY
    )


async def feedback_elsewhere(made: World) -> None:
    entry = await factories.entry(made.other)
    await add(Feedback, publication=made.publication, entry=entry, body=_said(3), created_at=AT + 400 * DAY)


async def feedback_of_few(made: World) -> None:
    await add(
        Feedback, publication=made.publication, entry=made.entry, body=_said(2), created_at=AT + 400 * DAY
    )


async def certificate_for_nobody(made: World) -> None:
    await add(
        Certificate, published_entry=made.published, kind="finalist", check_code="00000-00000",
        created_at=AT + 400 * DAY,
    )  # fmt: skip


async def pack_edited(made: World) -> None:
    await add(
        ResultPack, publication=made.publication, audience="public", level="outcome", key="0" * 64,
        sha256="0" * 64, body="{}", created_at=AT,
    )  # fmt: skip


async def pack_of_another_format(made: World) -> None:
    """As packs once were: what names the publication stands apart, and the hash of the document with it."""
    body = (
        '{"format":"awards-pack-1","pack":{"audience":"public","document":{},"publication":{"document_sha256":""}},'
        '"signature":{"algorithm":"Ed25519","key":"","value":""}}'
    )
    await add(
        ResultPack, publication=made.publication, audience="public", level="outcome", key="0" * 64,
        sha256=hashlib.sha256(body.encode()).hexdigest(), body=body, created_at=AT,
    )  # fmt: skip


PLANTED = {
    "nothing-follows-a-publication-early": feedback_early,
    "feedback-is-of-its-edition": feedback_elsewhere,
    "certificates-are-for-winners-and-finalists": certificate_for_nobody,
    "feedback-says-nothing-of-few-sheets": feedback_of_few,
    "packs-are-what-was-sealed": pack_edited,
    "packs-can-be-read": pack_of_another_format,
}
