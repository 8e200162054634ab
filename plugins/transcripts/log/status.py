"""What the log says of a record on a day, signed: that nothing came later is what no proof of inclusion can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import note
from .entry import Act
from .note import NoteRefused, Verifier

FORMAT = "truong-transcript-status/1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Status:
    """The standing of a record as the log of `size` entries shows it."""

    record: str
    state: Act
    newest: str
    size: int
    at: datetime


def signed(status: Status, name: str, key: Ed25519PrivateKey) -> bytes:
    """The note."""
    lines = (FORMAT, name, status.record, status.state, status.newest, str(status.size), status.at.strftime(_TIME))
    return note.sign("".join(f"{line}\n" for line in lines), name, key)


def read(signed_note: bytes, verifier: Verifier) -> Status:
    """What a note says.

    Raises:
        NoteRefused: not a status, or not signed by this log.
    """
    lines = note.opened(signed_note, verifier).split("\n")
    if len(lines) != 8 or lines[0] != FORMAT or lines[1] != verifier.name:
        raise NoteRefused("not a status")
    try:
        at = datetime.strptime(lines[6], _TIME).replace(tzinfo=UTC)
        return Status(lines[2], Act(lines[3]), lines[4], int(lines[5]), at)
    except ValueError as error:
        raise NoteRefused("not a status") from error
