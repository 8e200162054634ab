"""Who signed, for the table on the paper: read from the signatures as they stand, judged elsewhere."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..record.years import YearTranscript
from ..rules.slots import Place, Role

_TIME = re.compile(rb"<(?:\w+:)?SigningTime>([^<]{1,40})<")
_CERTIFICATE = re.compile(rb"<(?:\w+:)?X509Certificate>([^<]{1,12000})<")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `at` is None and `fingerprint` empty where nobody has signed yet."""

    place: Place
    name: str
    at: datetime | None
    fingerprint: str
    """SHA-256 of the certificate, hexadecimal."""


def rows(record: YearTranscript, signatures: Mapping[Place, bytes]) -> list[Row]:
    """A row for every place that has to be signed, in the order of signing."""
    return [_row(place, record.signer(place)[0], signatures.get(place, b"")) for place in record.slots]


def made_at(record: YearTranscript, table: list[Row]) -> datetime:
    """The moment that a copy names as its date: that of the seal, so that drawing it again gives the same bytes."""
    sealed = [row.at for row in table if row.place.role is Role.SEAL and row.at]
    day = record.issue.created_on or record.issue.issued_on
    return (
        sealed[0]
        if sealed
        else datetime(day.year, day.month, day.day, tzinfo=UTC)
        if day
        else datetime(2000, 1, 1, tzinfo=UTC)
    )


def _row(place: Place, name: str, block: bytes) -> Row:
    time, certificate = _TIME.search(block), _CERTIFICATE.search(block)
    return Row(place, name, _moment(time[1]) if time else None, _sha256(certificate[1]) if certificate else "")


def _moment(text: bytes) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.decode("ascii"))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _sha256(text: bytes) -> str:
    try:
        return hashlib.sha256(base64.b64decode(text)).hexdigest()
    except binascii.Error:
        return ""
