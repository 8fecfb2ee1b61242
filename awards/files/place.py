"""Where the files of one installation are: the store for good, a folder for what is on its way, and the scanner."""

from pathlib import Path

from msgspec import Struct

from awards.files.buckets import BucketStore
from awards.files.store import FolderStore, Store
from awards.settings import Settings


class Files(Struct, frozen=True):
    """`arriving` is a folder that every process of the service shares; `scanner` a command, or nothing."""

    store: Store
    arriving: Path
    scanner: tuple[str, ...] = ()


def files_of(settings: Settings) -> Files:
    store: Store
    if settings.files_bucket:
        store = BucketStore(settings.files_bucket, settings.files_options)
    else:
        store = FolderStore(settings.files_folder)
    return Files(store, settings.data / "arriving", settings.scanner)
