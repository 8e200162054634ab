"""What proves a record's standing without us: its entries with their proofs, a signed checkpoint, its timestamps, and
what the log said of the record on a day. One JSON file beside the record; see docs/transcripts/README.md."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = "truong-transcript-evidence/1"
MOST = 1024 * 1024
MOST_ENTRIES = 200
"""Acts upon one record and the versions after it."""


class EvidenceRefused(ValueError):
    """Not a file of this form."""


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry's line, its number in the log, and the hashes that lead from it to the root."""

    line: bytes
    index: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything at one size of the log; nothing of it is believed yet."""

    entries: tuple[Proved, ...]
    checkpoint: bytes
    tokens: tuple[bytes, ...] = ()
    status: bytes = b""
    """A signed note: see `status`."""


def written(evidence: Evidence) -> bytes:
    """The file: canonical, the same bytes for the same evidence."""
    entries = [
        {"index": one.index, "line": one.line.decode(), "proof": [_text(hash) for hash in one.proof]}
        for one in evidence.entries
    ]
    values = {
        "checkpoint": evidence.checkpoint.decode(),
        "entries": entries,
        "format": FORMAT,
        "status": evidence.status.decode(),
        "timestamps": [_text(token) for token in evidence.tokens],
    }
    return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def read(file: bytes) -> Evidence:
    """The evidence of a file.

    Raises:
        EvidenceRefused.
    """
    if len(file) > MOST:
        raise EvidenceRefused("too long")
    try:
        values = json.loads(file)
        if values["format"] != FORMAT or len(values["entries"]) > MOST_ENTRIES:
            raise EvidenceRefused("of another form, or too many entries")
        entries = tuple(_proved(one) for one in values["entries"])
        tokens = tuple(_bytes(token) for token in values["timestamps"])
        return Evidence(entries, values["checkpoint"].encode(), tokens, values["status"].encode())
    except EvidenceRefused:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EvidenceRefused("not evidence") from error


def _proved(values: Mapping[str, object]) -> Proved:
    index, line, proof = values["index"], values["line"], values["proof"]
    if (
        not isinstance(index, int)
        or isinstance(index, bool)
        or not isinstance(line, str)
        or not isinstance(proof, list)
    ):
        raise EvidenceRefused("not an entry with its proof")
    return Proved(line.encode(), index, tuple(_bytes(one) for one in proof))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
