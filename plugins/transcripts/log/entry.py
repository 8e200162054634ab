"""What the log says of a record: issued, put in the place of another, or revoked.

An entry is a line of canonical JSON with sixteen random bytes in it: its hash stands in the tree for everyone to see
and tells nobody anything; whoever is shown the entry can compute the hash.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .tree import leaf_hash

SALT_BYTES = 16
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Act(enum.StrEnum):
    ISSUE = "issue"
    REPLACE = "replace"
    REVOKE = "revoke"


class EntryRefused(ValueError):
    """Not the one canonical form of an entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `record` is the SHA-256 (hex) of the sealed XML that is issued or revoked."""

    act: Act
    record: str
    at: datetime
    """To the second, UTC."""
    salt: bytes = field(repr=False)
    before: str = ""
    """The version that this one stands for; only where one is replaced."""
    decision: str = ""
    """Number of the decision to revoke or to replace."""

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.record) or len(self.salt) != SALT_BYTES:
            raise EntryRefused("a record is named by its SHA-256, and the salt has 16 bytes")
        if (self.act is Act.REPLACE) != bool(_SHA256.fullmatch(self.before)) or self.record == self.before:
            raise EntryRefused("only a replacement names another version before it")

    @property
    def line(self) -> bytes:
        """The canonical bytes: JSON with sorted keys and nothing between them, UTF-8."""
        values = {
            "act": self.act.value,
            "at": f"{self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z",
            "before": self.before,
            "decision": self.decision,
            "record": self.record,
            "salt": self.salt.hex(),
        }
        return _ENCODER.encode(values).encode()

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree."""
        return leaf_hash(self.line)


def parse(line: bytes) -> Entry:
    """The entry of a line.

    Raises:
        EntryRefused: another form would be another hash.
    """
    try:
        values = json.loads(line)
        at = datetime.strptime(values["at"], _TIME).replace(tzinfo=UTC)
        salt = bytes.fromhex(values["salt"])
        entry = Entry(Act(values["act"]), values["record"], at, salt, values["before"], values["decision"])
        same = entry.line == line
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EntryRefused("not an entry") from error
    if not same:
        raise EntryRefused("not in the canonical form")
    return entry


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a record by the end of the log."""

    state: Act
    """ISSUE: it counts; REPLACE: another stands for it; REVOKE: it was revoked."""
    newest: str
    """The record at the end of the chain."""
    newest_state: Act
    """ISSUE or REVOKE."""
    since: datetime
    decision: str = ""


def standing(record: str, entries: Iterable[Entry]) -> Standing | None:
    """Follow a record through the log.

    Args:
        entries: in the order of the log, other records' among them.

    Returns:
        None: the log has never issued it.
    """
    first: Entry | None = None
    ended: Entry | None = None
    newest, newest_state = record, Act.ISSUE
    for entry in entries:
        if first is None:
            first = entry if entry.record == record and entry.act is not Act.REVOKE else None
        elif entry.act is Act.REPLACE and entry.before == newest:
            ended = ended or entry
            newest, newest_state = entry.record, Act.ISSUE
        elif entry.act is Act.REVOKE and entry.record == newest:
            ended = ended or (entry if newest == record else None)
            newest_state = Act.REVOKE
    if first is None:
        return None
    state = Act.ISSUE if ended is None else ended.act
    return Standing(state, newest, newest_state, (ended or first).at, ended.decision if ended else "")
