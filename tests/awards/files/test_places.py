"""Where files are kept, as the environment says; what is unsafe is refused in a sentence that names the setting."""

from pathlib import Path

import pytest

from awards.files.buckets import BucketStore
from awards.files.place import files_of
from awards.files.store import FolderStore
from awards.settings import BadSettings, from_environment

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
PRODUCTION = {"AWARDS_MODE": "production", "AWARDS_BASE_URL": "https://awards.example.org"}


def test_a_folder_in_the_data_folder_or_elsewhere() -> None:
    settings = from_environment({"AWARDS_DATA": "/data"})
    assert (settings.files_folder, settings.files_bucket) == (Path("/data/files"), "")
    settings = from_environment({"AWARDS_DATA": "/data", "AWARDS_FILES": "/elsewhere"})
    files = files_of(settings)
    assert isinstance(files.store, FolderStore)
    assert (files.store.folder, files.arriving) == (Path("/elsewhere"), Path("/data/arriving"))


def test_a_bucket() -> None:
    address = "s3://bucket/spring?endpoint=https://s3.example.org&region=eu-1"
    settings = from_environment({"AWARDS_FILES": address, **KEYS, "AWARDS_SCANNER": "clamdscan --no-summary"})
    assert settings.files_bucket == "s3://bucket/spring"
    assert settings.files_options == {
        **KEYS,
        "AWS_ENDPOINT_URL": "https://s3.example.org",
        "AWS_REGION": "eu-1",
    }
    files = files_of(settings)
    assert isinstance(files.store, BucketStore)
    assert files.scanner == ("clamdscan", "--no-summary")


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"AWARDS_FILES": "gs://bucket"}, "AWARDS_FILES must be"),
        ({"AWARDS_FILES": "s3://key:secret@bucket"}, "without keys in it"),
        ({"AWARDS_FILES": "s3://"}, "AWARDS_FILES must be"),
        ({"AWARDS_FILES": "s3://bucket?endpont=https://x"}, "AWARDS_FILES must be"),
        ({"AWARDS_FILES": "s3://bucket?endpoint=ftp://x"}, "must begin with https://"),
        ({**PRODUCTION, "AWARDS_FILES": "s3://bucket?endpoint=http://s3.example.org"}, "in production"),
        ({"AWARDS_FILES": "s3://bucket", "AWS_ACCESS_KEY_ID": "a"}, "belong together"),
        ({"AWARDS_SCANNER": "clamdscan 'x"}, "AWARDS_SCANNER is no command"),
    ],
)
def test_what_is_refused(env: dict[str, str], said: str) -> None:
    with pytest.raises(BadSettings) as problem:
        from_environment(env)
    assert said in str(problem.value)


def test_a_bucket_on_this_machine_may_be_plain() -> None:
    from_environment({**PRODUCTION, "AWARDS_FILES": "s3://bucket?endpoint=http://127.0.0.1:9000"})
