"""Signing by Ed25519 (RFC 8032), in Python alone.

A library would be a dependency for one signature a publication. This shares nothing with the verifier, on purpose: what
the one gets wrong the other finds. It takes the time that the key's bits want it to take, so it is for a server that
signs a few times a year on a person's word, and not for answering strangers.
"""

import hashlib
import secrets

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = (-121665 * pow(121666, PRIME - 2, PRIME)) % PRIME
# Extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x y = T/Z.
_Point = tuple[int, int, int, int]
_BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % PRIME)
_NOTHING: _Point = (0, 1, 1, 0)


def new_secret() -> bytes:
    return secrets.token_bytes(32)


def public_key(secret: bytes) -> bytes:
    scalar, _prefix = _halves(secret)
    return _written(_times(scalar, _BASE))


def sign(secret: bytes, message: bytes) -> bytes:
    scalar, prefix = _halves(secret)
    key = _written(_times(scalar, _BASE))
    nonce = _hashed(prefix, message)
    commitment = _written(_times(nonce, _BASE))
    answer = (nonce + _hashed(commitment, key, message) * scalar) % ORDER
    return commitment + answer.to_bytes(32, "little")


def _halves(secret: bytes) -> tuple[int, bytes]:
    if len(secret) != 32:
        raise ValueError("a secret key has 32 bytes")
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar &= (1 << 254) - 8
    scalar |= 1 << 254
    return scalar, digest[32:]


def _hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def _add(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % PRIME
    b = (one[1] + one[0]) * (two[1] + two[0]) % PRIME
    c = 2 * one[3] * two[3] * _D % PRIME
    d = 2 * one[2] * two[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(number: int, point: _Point) -> _Point:
    """A ladder: the same additions whatever the bits are."""
    low, high = _NOTHING, point
    for place in reversed(range(number.bit_length())):
        if number >> place & 1:
            low, high = _add(low, high), _add(high, high)
        else:
            low, high = _add(low, low), _add(low, high)
    return low


def _written(point: _Point) -> bytes:
    inverse = pow(point[2], PRIME - 2, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")
