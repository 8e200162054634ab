"""Documents in a bucket: a server of another maker, which checks each signature with its vendor's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import urllib3

from core.data.embedded import database_url
from core.data.session import Database
from core.files import service as files
from core.files.choosing import choose
from core.files.s3.signing import Credentials, signed
from core.files.s3.store import S3Store, StoreUnavailable
from core.files.stores import CHUNK, FileStore
from core.operations import backup
from core.operations.restore import restore
from core.sdk.testing.file_store import FileStoreContract
from core.settings import keys
from core.settings.instance import ConfigurationError
from core.types.actor import Actor

PEER = Path(__file__).resolve().parents[2] / "peers" / "s3.py"
WHO = Credentials("truong", "a+secret/with=signs", "vn-north-1")
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", str(PEER), "documents", WHO.access_key, WHO.secret_key, WHO.region]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the peer did not start: moto is part of the development tools"
    address = json.loads(line)["endpoint"]
    assert urllib3.request("PUT", f"{address}/documents").status == 200
    yield address
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def bucket(endpoint: str, request: pytest.FixtureRequest) -> S3Store:
    """Each test has a folder of its own."""
    return S3Store(f"{endpoint}/documents/{abs(hash(request.node.name))}", WHO, wait=lambda _seconds: None)


class TestBucket(FileStoreContract):
    @pytest.fixture
    def store(self, bucket: S3Store) -> FileStore:
        return bucket


def test_the_signature_is_that_of_the_vendors_document() -> None:
    """The example "GET Object" of the Amazon S3 API Reference."""
    who = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    moment = datetime(2013, 5, 24, tzinfo=UTC)
    url = "https://examplebucket.s3.amazonaws.com/test.txt"
    found = signed("GET", url, {"Range": "bytes=0-9"}, EMPTY, who, moment)
    assert found["authorization"].endswith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


def test_a_wrong_key_is_refused(bucket: S3Store) -> None:
    wrong = S3Store(bucket._place, replace(WHO, secret_key="another"))
    for ask in (lambda: wrong.put(BytesIO(b"x"), limit=10), lambda: wrong.open(EMPTY), lambda: wrong.remove(EMPTY)):
        with pytest.raises(StoreUnavailable, match="403"):
            ask()
    assert WHO.secret_key not in repr(WHO)


@pytest.mark.parametrize(("faults", "good"), [(2, True), (3, False)])
def test_a_busy_service_is_asked_again(faults: int, good: bool, bucket: S3Store, endpoint: str) -> None:
    content = bytes(3 * CHUNK)
    urllib3.request("POST", f"{endpoint}/control", body=json.dumps({"faults": faults}).encode())
    if good:
        kept = bucket.put(BytesIO(content), limit=len(content))
        assert bucket.size(kept.sha256) == len(content)
        return
    with pytest.raises(StoreUnavailable, match="503"):
        bucket.put(BytesIO(content), limit=len(content))


def test_a_service_that_is_gone_is_no_missing_document() -> None:
    gone = S3Store("http://127.0.0.1:9/documents", WHO, wait=lambda _seconds: None)
    with pytest.raises(StoreUnavailable):
        gone.size(EMPTY)


@pytest.mark.parametrize(
    ("field", "value"),
    [("endpoint", "http://s3.example"), ("endpoint", "s3.example"), ("bucket", "../x"), ("prefix", "a//b")],
)
def test_what_cannot_be_right_is_refused_at_the_start(field: str, value: str, tmp_path: Path) -> None:
    good = {"endpoint": "https://s3.example", "bucket": "documents", "access_key": "a", "secret_key": "b"}
    environ = {f"TRUONG_S3_{name}".upper(): text for name, text in good.items()}
    assert isinstance(choose("s3", {}, tmp_path, environ), S3Store)
    with pytest.raises(ConfigurationError, match=field):
        choose("s3", {}, tmp_path, {**environ, f"TRUONG_S3_{field}".upper(): value})


def test_a_backup_takes_documents_out_of_the_bucket_and_brings_them_back(
    bucket: S3Store, server: str, db: Database, school: UUID, system: Actor, tmp_path: Path,
    new_database: Callable[[], str],
) -> None:  # fmt: skip
    before = files._store
    files.bind(bucket)
    with db.context(system, school) as ctx:
        kept = [
            files.store(ctx, b"document %d" % n, name=f"{n}.txt", media_type="text/plain", purpose="test.x")
            for n in range(3)
        ]
    name = db.engine.url.database or ""
    made = {"dump_url": database_url(server, name, "postgres"), "open_file": bucket.open, "version": "1"}
    backup.make(tmp_path, **made, key_names=keys().names())  # type: ignore[arg-type]
    for one in kept:
        bucket.remove(one.sha256)
    with pytest.raises(FileNotFoundError):
        bucket.open(kept[0].sha256)
    there = new_database()
    owner, maker = (database_url(server, there, role) for role in ("truong_owner", "postgres"))
    restore(tmp_path, owner_url=owner, maker_url=maker, store=bucket)
    for n, one in enumerate(kept):
        with bucket.open(one.sha256) as stream:
            assert stream.read() == b"document %d" % n
    files.bind(before) if before is not None else None


@pytest.fixture
def new_database(server: str, db: Database) -> Iterator[Callable[[], str]]:
    from core.data.embedded import create_database, drop_database

    name = f"{db.engine.url.database}_back"

    def make() -> str:
        create_database(server, name)
        return name

    yield make
    drop_database(server, name)
