"""What the verbs of features do with files inside their own transactions."""

from datetime import datetime

from awards.db import in_transaction
from awards.errors import NotFound, Stale
from awards.files.arrived import Arrived
from awards.files.tables import StoredFile, Upload
from awards.jobs.services import ask_for

# The kind of job that makes the copies of one file.
COPIES = "copies"


async def keep(arrived: Arrived, *, at: datetime) -> int:
    """
    Write down a file that is in the store, and ask for its copies; returns its number.

    For the verb that says what the file is of, in the transaction that says so: a file that belongs to nothing
    is never written down. Raises Stale where another request kept the same upload first.
    """
    assert in_transaction()
    file_id = int(
        (
            await StoredFile.insert(
                StoredFile(
                    sha256=arrived.sha256,
                    size=arrived.size,
                    media_type=arrived.media_type,
                    ending=arrived.ending,
                    storage_key=arrived.storage_key,
                    owner_id=arrived.owner_id,
                    scan=arrived.scan,
                    created_at=at,
                )
            )
        )[0]["id"]
    )
    taken = (
        await Upload.update({Upload.state: "kept", Upload.file: file_id})
        .where(
            (Upload.id == arrived.upload_id)
            & (Upload.state == "open")
            & (Upload.storage_key == arrived.storage_key)
        )
        .returning(Upload.id)
    )
    if not taken:
        raise Stale
    await ask_for(COPIES, subject=("stored_file", file_id), args={}, asked_by=arrived.owner_id, at=at)
    return file_id


async def ask_again(file_id: int, *, asked_by: int, at: datetime) -> int:
    """The copies of a file of which none could be made; returns the job. Raises Stale where it is not so."""
    assert in_transaction()
    again = (
        await StoredFile.update({StoredFile.state: "waiting", StoredFile.problem: ""})
        .where((StoredFile.id == file_id) & (StoredFile.state == "failed"))
        .returning(StoredFile.id)
    )
    if not again:
        if not await StoredFile.exists().where(StoredFile.id == file_id):
            raise NotFound
        raise Stale
    return await ask_for(COPIES, subject=("stored_file", file_id), args={}, asked_by=asked_by, at=at)
