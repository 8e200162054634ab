"""A store of documents in a bucket. Each content is one object, named by its digest, and never written twice.

The digest that names an object is also what the signature of its upload covers: a service that keeps something else has
refused it. An upload is whole or not there, so readers never meet a half one.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from core.data.http import HttpStream, OutboundClient
from core.files.stores import CHUNK, Content, TooLargeError, is_digest
from core.types.clock import utc_now
from core.types.fields import Config
from core.types.http import HttpFailure

from .signing import Credentials, path_of, signed

TRIES = 3
"""A service that is busy or out of reach is asked again; it says so by 5xx, 429, or nothing."""
_EMPTY = hashlib.sha256(b"").hexdigest()
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class StoreUnavailable(OSError):
    """The service refused or did not answer; the text says what it answered, never what was sent."""


class S3Store:
    """Path-style addresses (`endpoint/bucket/key`), which every such service knows."""

    def __init__(
        self,
        place: str,
        who: Credentials,
        *,
        clock: Callable[[], datetime] = utc_now,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        """Ask nobody yet.

        Args:
            place: endpoint, bucket and prefix as one address.
        """
        self._place, self._who, self._clock, self._wait = place.rstrip("/"), who, clock, wait
        self._client = OutboundClient({urlsplit(place).hostname or ""})

    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        with tempfile.SpooledTemporaryFile(max_size=CHUNK) as whole:
            digest, size = hashlib.sha256(), 0
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > limit:
                    raise TooLargeError
                digest.update(piece)
                whole.write(piece)
            content = Content(digest.hexdigest(), size)
            if self.size(content.sha256) != size:
                self._upload(content, cast("BinaryIO", whole))
        return content

    def open(self, sha256: str) -> BinaryIO:
        answer = self._ask("GET", sha256)
        if answer.status == 200:
            return io.BufferedReader(answer, CHUNK)
        raise self._refused("GET", answer, sha256)

    def size(self, sha256: str) -> int | None:
        answer = self._ask("HEAD", sha256)
        answer.close()
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._refused("HEAD", answer, sha256)
        return int(answer.headers["content-length"])

    def remove(self, sha256: str) -> None:
        answer = self._ask("DELETE", sha256)
        answer.close()
        if answer.status not in (200, 204, 404):
            raise self._refused("DELETE", answer, sha256)

    def _upload(self, content: Content, whole: BinaryIO) -> None:
        answer = self._ask("PUT", content.sha256, whole, content)
        answer.close()
        if answer.status != 200:
            raise self._refused("PUT", answer, content.sha256)

    def _ask(
        self, method: str, sha256: str, body: BinaryIO | None = None, content: Content | None = None
    ) -> HttpStream:
        if not is_digest(sha256):
            raise ValueError("not a SHA-256 digest")
        url = f"{self._place}/{sha256[:2]}/{sha256[2:4]}/{sha256}"
        headers = {"content-length": str(content.size)} if content else {}
        failure = ""
        for attempt in range(TRIES):
            if attempt:
                self._wait(0.2 * 2**attempt)
            if body is not None:
                body.seek(0)
            proved = signed(method, url, headers, sha256 if content else _EMPTY, self._who, self._clock())
            try:
                answer = self._client.stream(method, _sent(url), headers=proved, body=body)
            except HttpFailure as error:
                failure = str(error)
                continue
            if answer.status < 500 and answer.status != 429:
                return answer
            answer.close()
            failure = f"the store answered {answer.status}"
        raise StoreUnavailable(failure)

    @staticmethod
    def _refused(method: str, answer: HttpStream, sha256: str) -> OSError:
        answer.close()
        if answer.status == 404:
            return FileNotFoundError(sha256)
        return StoreUnavailable(f"the store answered {answer.status} to {method}")


def open_store(config: Config) -> S3Store:
    """The store of a configuration.

    Raises:
        ValueError: naming the field that cannot be used.
    """
    endpoint, bucket = config["endpoint"].strip().rstrip("/"), config["bucket"].strip()
    parts, prefix = urlsplit(endpoint), config.get("prefix", "").strip("/ ")
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or local) or not parts.hostname or parts.query or parts.username:
        raise ValueError("endpoint: an address that begins with https:// is needed")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError("bucket: this is no name of a bucket")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise ValueError("prefix: letters, digits, - and _ between slashes")
    who = Credentials(config["access_key"].strip(), config["secret_key"].strip(), config["region"].strip())
    return S3Store("/".join(part for part in (endpoint, bucket, prefix) if part), who)


def _sent(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path_of(parts.path)}"
