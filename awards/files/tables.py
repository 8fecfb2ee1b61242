from piccolo.columns import Integer, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from awards.db.columns import Row, digest, line, link, moment, optional_link, whole, word


class StoredFile(Row, Table):
    """A file as it was handed in, under a random key of the store. Never changed, never shown to judges.

    `state` is that of its copies: waiting, ready, failed; `problem` says in a word why there are none.
    """

    sha256 = Varchar(length=64, null=False, default="", index=True)
    size = whole()
    media_type = word(length=120)
    ending = word()
    storage_key = Varchar(length=100, null=False, unique=True)
    owner_id = Integer(null=False, default=0, index=True)
    state = word(default="waiting", index=True)
    problem = word()
    scan = word(default="not scanned")


class FileCopy(Row, Table):
    """What we made of a file and show: judge (the whole, without metadata), thumbnail, page, text."""

    file = link(StoredFile, index=False)
    kind = word()
    number = whole()
    storage_key = Varchar(length=100, null=False, unique=True)
    media_type = word(length=120)
    sha256 = digest()
    size = whole()
    width = whole()
    height = whole()
    file_copy_one_per_number = Unique(["file", "kind", "number"])


class Upload(Row, Table):
    """A file on its way, in pieces. `offset` is how many bytes were acknowledged: those are on the disk.

    `state` is open, kept (then `file` is what became of it), refused (then `problem` says why) or cancelled.
    `storage_key` is where its bytes are being put: what is not kept in the end is deleted there.
    """

    token_sha256 = Varchar(length=64, null=False, unique=True)
    owner_id = Integer(null=False, default=0, index=True)
    subject_kind = word()
    subject_id = whole()
    purpose = word()
    name = line()
    size = whole()
    offset = whole()
    state = word(default="open")
    problem = word()
    storage_key = word(length=100)
    file = optional_link(StoredFile)
    expires_at = moment(index=True)
