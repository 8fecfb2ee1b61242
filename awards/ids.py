"""Names for the outside: references that people read aloud, tokens that nobody guesses."""

import hashlib
import secrets

# Crockford's base 32 without the letters that are misread or misheard.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def token() -> str:
    """256 random bits for a cookie or a link. The database keeps only `token_hash` of it."""
    return secrets.token_urlsafe(32)


def token_hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()


def reference(prefix: str) -> str:
    """A reference such as WG26-7KQ4M: 25 random bits, made unique by the table's index."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(5))}"


def salt() -> str:
    """128 fresh random bits as hex."""
    return secrets.token_hex(16)
