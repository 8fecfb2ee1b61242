"""What can go wrong, in the service's own words. No HTTP here: `web` chooses the status."""

from collections.abc import Mapping
from datetime import timedelta


class AwardsError(Exception):
    """Base of every error that a person may be told about."""


class NotFound(AwardsError):
    """It does not exist, or the actor may not know that it does."""


class Denied(AwardsError):
    """The actor knows of it but may not do this. `code` is stable, `why` is a sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


class TooMany(AwardsError):
    """Guessing is slowed down: the same request may be made again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many; wait {wait}")
        self.wait = wait


class Invalid(AwardsError):
    """Input that breaks rules: field name -> sentence. "" holds what belongs to no field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = dict(errors)


class Conflict(AwardsError):
    """A unique rule of the database refused the row."""


class BrokenReference(AwardsError):
    """A foreign key refused the row: it names what is not there, or what others still need."""


class Stale(AwardsError):
    """A lost race: what the form was drawn from has changed since."""


class Busy(AwardsError):
    """The database could not serve in time; the same request may succeed later."""


class Halted(AwardsError):
    """Somebody has stopped it for a while; the same request may succeed later. `why` is a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unavailable(AwardsError):
    """The database is away."""
