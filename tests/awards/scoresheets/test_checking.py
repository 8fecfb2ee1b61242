"""What a judge kept is told from what was changed, and nothing is told of anybody else's."""

from datetime import timedelta
from typing import Any

from hypothesis import given, strategies

from awards.scoresheets.checking import check, read_kept
from awards.scoresheets.receipts import Fate, ReceiptLine, commitment_of, document_text, receipt_document
from tests.factories import AT

HEAD = "e" * 64


def receipt(entry: str, version: int = 2, **more: Any) -> ReceiptLine:
    document = receipt_document(
        round_="wego/2027/first",
        entry=entry,
        label="J-7KQ4M",
        version=version,
        signed_at=AT + timedelta(hours=version),
        marks={"impact": 7, "new": "none"},
        nonce="0123456789abcdef" * 2,
    )
    values: dict[str, Any] = {
        "reference": entry, "title": "Buses", "lang": "en", "bench": "/bench/wego/2027/first", "round": "First round",
        "edition": "2027", "version": version, "number": 1, "signed_at": AT, "marks": (),
        "commitment": commitment_of(document), "event_seq": 5, "head": HEAD, "opened": document_text(document),
        "holds": True, "fate": Fate.STANDS, "reopened_at": None, "reason": "",
    }  # fmt: skip
    return ReceiptLine(**(values | more))


BUSES, LIFTS = receipt("WG26-BUSES"), receipt("WG26-LIFTS")
OWN = [BUSES, LIFTS]


def test_a_line_a_promise_and_a_head_are_known_again() -> None:
    wrapped = f"> {BUSES.opened[:70]}\r\n   {BUSES.opened[70:]}\n"
    mail = f"Head: {HEAD.upper()}\nWG26-LIFTS-{LIFTS.commitment[:6]} {LIFTS.commitment}"
    checked = check(read_kept(wrapped + mail), OWN)
    assert checked.found == (BUSES, LIFTS)
    assert checked.opened == {BUSES.commitment}
    assert checked.heads[0].event_seq == 5
    assert checked.is_well


def test_a_line_that_was_changed_names_the_signature_that_it_claims_to_be() -> None:
    checked = check(read_kept(BUSES.opened.replace('"impact":7', '"impact":8')), OWN)
    assert (checked.altered, checked.found, checked.is_well) == ((BUSES,), (), False)


def test_what_is_not_ones_own_is_not_known() -> None:
    line = receipt("WG26-TRAMS").opened
    for kept in (line, LIFTS.opened, LIFTS.commitment, "a" * 64, '{"entry":[1],"marks":{}}', "{[}{]}"):
        checked = check(read_kept(kept), [BUSES])
        assert (checked.found, checked.altered, checked.heads) == ((), (), ())
        assert checked.unknown or not read_kept(kept)


def test_what_no_longer_holds_is_said_of_what_was_kept() -> None:
    broken = receipt("WG26-BUSES", holds=False)
    assert not check(read_kept(broken.opened), [broken]).is_well
    assert not check(read_kept(HEAD), [broken]).is_well


def test_other_text_is_nothing_to_check() -> None:
    for text in ("", "Keep this mail.", "f" * 63, "f" * 65, "{}", "g" * 64):
        assert not read_kept(text)


@given(strategies.text(alphabet='{}[]"abcf0:,1 \n', max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    check(read_kept(text), OWN)
