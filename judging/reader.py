"""Reads plain data key by key and names the place where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Reader:
    """Takes keys out of a mapping and says where something is wrong."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise ValueError(f"{where} must be an object")
        self._data = dict(data)
        self._where = where

    def take(self, key: str) -> Any:
        if key not in self._data:
            raise ValueError(f"{self._where}: {key} is missing")
        return self._data.pop(key)

    def has(self, key: str) -> bool:
        return key in self._data

    def done(self) -> None:
        if self._data:
            raise ValueError(f"{self._where}: unknown key {sorted(map(str, self._data))[0]}")

    def wrong(self, key: str, kind: str) -> ValueError:
        return ValueError(f"{self._where}: {key} must be {kind}")

    def text(self, key: str) -> str:
        value = self.take(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def whole(self, key: str) -> int:
        value = self.take(key)
        if type(value) is not int:
            raise self.wrong(key, "an integer")
        return value

    def whole_or_none(self, key: str) -> int | None:
        return self.whole(key) if self._data.get(key, 0) is not None else self.take(key)

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if self._data.get(key, "") is not None else self.take(key)

    def truth(self, key: str) -> bool:
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.take(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, "a list of texts")
        return value

    def numbers(self, key: str) -> tuple[tuple[str, int], ...]:
        value = self.take(key)
        if not isinstance(value, Mapping) or not all(
            isinstance(name, str) and type(number) is int for name, number in value.items()
        ):
            raise self.wrong(key, "an object of integers")
        return tuple(sorted(value.items()))

    def item(self, key: str) -> Reader:
        return Reader(self.take(key), f"{self._where}.{key}")

    def items(self, key: str, read: Callable[[Reader], T]) -> Iterable[T]:
        value = self.take(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        for number, data in enumerate(value):
            reader = Reader(data, f"{self._where}.{key}[{number}]")
            yield read(reader)
            reader.done()
