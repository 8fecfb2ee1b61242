from datetime import timedelta

import pytest

from awards.accounts.forms import ChangePerson, CompleteAccount, SignIn, parse_with_password
from awards.accounts.rules import (
    ABSOLUTE,
    IDLE,
    MOST_FROM_ADDRESS,
    MOST_FROM_HERE,
    MOST_ON_ACCOUNT,
    Failures,
    device,
    fold,
    must_wait,
    password_problem,
    session_is_over,
    ticket_is_good,
    zones,
)
from awards.web.fields import Fields
from awards.web.forms import parse
from awards.web.frame import FormErrors
from tests.factories import AT

MS = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("failures", "waits"),
    [
        (Failures(0, 0, 0), False),
        (Failures(MOST_FROM_HERE - 1, MOST_ON_ACCOUNT - 1, MOST_FROM_ADDRESS - 1), False),
        (Failures(MOST_FROM_HERE, 0, 0), True),
        (Failures(0, MOST_ON_ACCOUNT, 0), True),
        (Failures(0, 0, MOST_FROM_ADDRESS), True),
    ],
)
def test_must_wait(failures: Failures, waits: bool) -> None:
    assert must_wait(failures) is waits


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("two herons", True),
        ("nine char", False),
        ("          ", False),
        ("aaaaabbbbb", False),
        ("Password123", False),
        ("amina.okoro1", False),
        ("amina.okoro and two herons", True),
        ("七只苍鹭飞过湖面的早晨", True),
        ("x" * 1025, False),
        ("".join(chr(97 + n % 26) for n in range(1024)), True),
    ],
)
def test_passwords(password: str, good: bool) -> None:
    assert (password_problem(password, "amina.okoro@lindmere.example") == "") is good


def test_a_password_is_what_was_typed() -> None:
    fields = Fields([("email", " a@b.example "), ("password", "  two herons  ")])
    command = parse(SignIn, fields)
    assert isinstance(command, SignIn)
    assert (command.email, command.password) == ("a@b.example", "  two herons  ")


def test_all_errors_at_once() -> None:
    errors = parse_with_password(CompleteAccount, Fields([("name", " "), ("password", "")]), address="a@b.c")
    assert isinstance(errors, FormErrors)
    assert list(errors) == ["name", "password"]


def test_sessions_and_links_are_half_open() -> None:
    end = AT + ABSOLUTE
    for seen, now, over in (
        (AT, AT, False),
        (AT, AT + IDLE - MS, False),
        (AT, AT + IDLE, True),
        (end - IDLE / 2, end - MS, False),
        (end - IDLE / 2, end, True),
    ):
        assert session_is_over(seen_at=seen, expires_at=end, ended_at=None, now=now) is over
    assert session_is_over(seen_at=AT, expires_at=end, ended_at=AT, now=AT)
    assert ticket_is_good(expires_at=AT, used_at=None, now=AT - MS)
    assert not ticket_is_good(expires_at=AT, used_at=None, now=AT)
    assert not ticket_is_good(expires_at=AT, used_at=AT - MS, now=AT - MS)


def test_zones_are_places() -> None:
    assert zones()[0] == "UTC"
    assert {"Asia/Seoul", "Africa/Lagos", "America/Argentina/Salta"} <= set(zones())
    assert not {"EST", "Etc/GMT+5", "US/Pacific"} & set(zones())
    for zone in ("Mars/Olympus", "../../etc/passwd", "", "asia/seoul"):
        errors = parse(ChangePerson, {"name": "A", "zone": zone})
        assert isinstance(errors, FormErrors)
        assert list(errors) == ["zone"]


def test_two_spellings_of_one_address() -> None:
    assert fold(" Amina@Lindmere.EXAMPLE") == fold("amina@lindmere.example")
    assert fold("STRASSE@x.de") == fold("straße@x.de")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8", "Another device"),
        ("", "Another device"),
    ],
)
def test_devices(agent: str, name: str) -> None:
    assert device(agent) == name
