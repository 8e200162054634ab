"""Documents lie where the configuration says, or the program does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files.choosing import choose
from core.files.stores import FileStoreKind, LocalStore
from core.sdk import _
from core.sdk.files import Config, Field, FileStore
from core.settings.instance import ConfigurationError
from tests.contracts.test_file_store_contract import MemoryStore


def _open(config: Config) -> FileStore:
    if config["bucket"] == "bad":
        raise ValueError("bucket: there is none of this name")
    return MemoryStore()


KIND = FileStoreKind(
    "shelf", _("Cancel"), (Field("bucket", _("Cancel")), Field("region", _("Cancel"), default="vn")), _open
)
KINDS = {"shelf": KIND}


def test_the_folder_unless_something_else_is_named(tmp_path: Path) -> None:
    assert isinstance(choose("local", KINDS, tmp_path), LocalStore)
    assert isinstance(choose("shelf", KINDS, tmp_path, {"TRUONG_SHELF_BUCKET": "truong"}), MemoryStore)


@pytest.mark.parametrize(
    ("name", "environ", "words"),
    [
        ("gone", {}, "no installed plugin"),
        ("shelf", {}, "TRUONG_SHELF_BUCKET"),
        ("s3", {}, "TRUONG_S3_ENDPOINT"),
        ("shelf", {"TRUONG_SHELF_BUCKET": "bad"}, "there is none"),
    ],
)
def test_never_anywhere_else_instead(tmp_path: Path, name: str, environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        choose(name, KINDS, tmp_path, environ)
