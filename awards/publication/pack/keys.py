"""The key that packs are signed with: one private file in the data folder, made once, kept in every backup."""

import os
import secrets
from pathlib import Path

from awards.db.private import close_to_others, private_folder
from awards.publication.pack.ed25519 import new_secret, public_key

NAME = "signing-key"


class NoKey(RuntimeError):
    """Nobody has said where the key is kept."""


_folder: list[Path] = []


def bind(folder: Path) -> None:
    """Say once, when the service starts, where the key is kept."""
    _folder[:] = [folder]


def secret_key() -> bytes:
    """The key; made when it is first asked for. Two who make it at once get the same one."""
    if not _folder:
        raise NoKey("packs are signed by a service that knows its data folder")
    place = _folder[0] / NAME
    if not place.exists():
        _make(place)
    close_to_others(place)
    secret = bytes.fromhex(place.read_text(encoding="ascii"))
    public_key(secret)
    return secret


def _make(place: Path) -> None:
    private_folder(place.parent)
    written = place.with_name(f"{NAME}.{secrets.token_hex(8)}")
    with os.fdopen(
        os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(new_secret().hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        # Complete or not at all, and never over one that is there.
        os.link(written, place)
    except FileExistsError:
        pass
    finally:
        written.unlink()
