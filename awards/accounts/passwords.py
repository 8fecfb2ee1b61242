"""Hashing of passwords: argon2id with OWASP's parameters, in threads, a few at a time."""

import asyncio
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# What an unknown address is checked against, so that it takes as long as a known one.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$qFwI8C2G1Gem4eQkyEw94Q$bF8K9oUsZJ3wWPhDttlh6dnVfgi/6DydCGgLLgMJPD0"
assert not _hasher.check_needs_rehash(_NOBODY), "it takes as long only with the same parameters"
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _turn() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns[loop] = asyncio.Semaphore(2)
    return _turns[loop]


async def hash_of(password: str) -> str:
    async with _turn():
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    async with _turn():
        right = await asyncio.to_thread(_verify, stored or _NOBODY, password)
    return right and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
