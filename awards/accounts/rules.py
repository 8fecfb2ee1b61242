"""What makes a password, a session and a row of failed attempts good or bad. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from msgspec import Struct

from awards.web.i18n import _

SHORTEST_PASSWORD = 10
# No person types more; beyond it hashing would be a way to keep the server busy.
LONGEST_PASSWORD = 1024

IDLE = timedelta(hours=24)
ABSOLUTE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=1)
FRESH_PROOF = timedelta(minutes=15)

FAILURE_WINDOW = timedelta(minutes=15)
KEEP_FAILURES = timedelta(days=1)
# From one address on one account; on one account in all; from one address in all.
MOST_FROM_HERE = 5
MOST_ON_ACCOUNT = 100
MOST_FROM_ADDRESS = 60

# Mails that one address gets at most in the window because somebody typed it into a form.
MOST_MAILS = 3


@cache
def zones() -> tuple[str, ...]:
    """UTC, then places; neither abbreviations nor fixed offsets, which know no summer time."""
    odd = ("Etc/", "SystemV/", "US/")
    return ("UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith(odd)))


# The passwords that guessers try first, and what people make of "password" when told to lengthen it.
COMMON = frozenset(
    """
    1234567890 12345678910 0123456789 0987654321 9876543210 1111111111 0000000000 1q2w3e4r5t 1qaz2wsx3edc
    qwertyuiop qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl123 zxcvbnm123 password12 password123
    password1234 password12345 passw0rd123 p@ssw0rd123 p@ssword123 administrator admin12345 adminadmin
    welcome123 welcome1234 letmein1234 iloveyou123 iloveyou12 sunshine123 football123 baseball123
    princess123 superman123 changeme123 changemenow secretariat secretpassword mypassword123 trustno1trustno1
    abcdefghij abcd123456 abc1234567 a1b2c3d4e5 aaaaaaaaaa qazwsxedcrfv internet123 computer123 samsung123
    """.split()  # noqa: SIM905  words read better as a text than as a list
)


class Purpose(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    SEAT = "seat"
    OFFICIAL = "official"
    ROLE = "role"
    NOMINATION = "nomination"


LIFETIME = {
    Purpose.CONFIRM: timedelta(days=2),
    Purpose.RESET: timedelta(hours=1),
    Purpose.SEAT: timedelta(days=30),
    Purpose.OFFICIAL: timedelta(days=14),
    Purpose.ROLE: timedelta(days=14),
    Purpose.NOMINATION: timedelta(days=30),
}

INVITATIONS = frozenset({Purpose.SEAT, Purpose.OFFICIAL, Purpose.ROLE, Purpose.NOMINATION})


class Failures(Struct, frozen=True):
    from_here: int
    on_account: int
    from_address: int


def must_wait(failures: Failures) -> bool:
    """Whether this attempt is refused unread. The owner at another address still gets in."""
    return (
        failures.from_here >= MOST_FROM_HERE
        or failures.on_account >= MOST_ON_ACCOUNT
        or failures.from_address >= MOST_FROM_ADDRESS
    )


def fold(address: str) -> str:
    """The form by which two spellings of one address are the same."""
    return address.strip().casefold()


def password_problem(password: str, address: str) -> str:
    """Why this password is refused, or nothing."""
    if len(password) < SHORTEST_PASSWORD:
        return _("Choose a password of at least {count} characters").format(count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return _("Choose a password of at most {count} characters").format(count=LONGEST_PASSWORD)
    folded = password.casefold()
    if folded in COMMON or len(set(folded)) < 4:
        return _("This password is one of those that are guessed first; choose another")
    local = address.partition("@")[0].casefold()
    if len(local) >= 4 and folded.startswith(local) and len(folded) - len(local) < 4:
        return _("The password is too close to your address; choose another")
    return ""


def session_is_over(
    *, seen_at: datetime, expires_at: datetime, ended_at: datetime | None, now: datetime
) -> bool:
    return ended_at is not None or now >= expires_at or now >= seen_at + IDLE


def ticket_is_good(*, expires_at: datetime, used_at: datetime | None, now: datetime) -> bool:
    return used_at is None and now < expires_at


# In this order: most browsers name those that came before them.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device(agent: str) -> str:
    """What a browser says of itself, as its owner would call it."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Another device")
