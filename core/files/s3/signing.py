"""AWS Signature Version 4 in the Authorization header, for requests without a query.

Source: "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API Reference. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs, and for which region of the service."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str


def signed(
    method: str, url: str, headers: Mapping[str, str], content_sha256: str, who: Credentials, moment: datetime
) -> dict[str, str]:
    """The headers to send: those given, and four that prove who sends what.

    Args:
        url: without a query; its path as it is meant, not encoded.
        content_sha256: of the body, hexadecimal; the service refuses any other body.
        moment: now; the service allows fifteen minutes.
    """
    parts = urlsplit(url)
    stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    sent |= {"host": parts.netloc, "x-amz-content-sha256": content_sha256, "x-amz-date": stamp}
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    request = "\n".join((method, path_of(parts.path), "", lines, names, content_sha256))
    scope = f"{stamp[:8]}/{who.region}/s3/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    key = b"AWS4" + who.secret_key.encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    proof = _hmac(key, to_sign).hex()
    sent["authorization"] = f"{_ALGORITHM} Credential={who.access_key}/{scope},SignedHeaders={names},Signature={proof}"
    return sent


def path_of(path: str) -> str:
    """A path as it is signed and sent: once encoded, with its slashes."""
    return quote(path or "/", safe="/-_.~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
