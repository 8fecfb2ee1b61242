"""What is known of a file that was looked at and lies in the store, before anything says what it is of."""

from datetime import datetime

from msgspec import Struct

from awards.errors import AwardsError


class Arrived(Struct, frozen=True):
    """
    `name` is fit to be shown; `begun_at` is when the head arrived of the request that began to send it.

    `subject` and `purpose` are as they were given at the beginning: ask that they are those of the page.
    `steps.keep` writes it down. What is not written down within a day is swept out of the store.
    """

    name: str
    ending: str
    media_type: str
    size: int
    sha256: str
    storage_key: str
    scan: str
    owner_id: int
    begun_at: datetime
    subject: tuple[str, int]
    purpose: str
    upload_id: int


class WrongOffset(AwardsError):
    """The piece does not begin where the last one ended: `offset` is how many bytes are here."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset} bytes are here")
        self.offset = offset


class AlreadyKept(AwardsError):
    """The upload was ended by an earlier request: its file is written down."""

    def __init__(self, file_id: int) -> None:
        super().__init__(f"file {file_id}")
        self.file_id = file_id
