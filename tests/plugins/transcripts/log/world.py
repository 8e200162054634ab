"""A small log with evidence for its records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugins.transcripts.log.entry import Act, Entry, standing
from plugins.transcripts.log.evidence import Evidence, Proved
from plugins.transcripts.log.growing import Kept
from plugins.transcripts.log.note import Checkpoint, Verifier, sign
from plugins.transcripts.log.renewal import imprint_of
from plugins.transcripts.log.status import Status, signed
from plugins.transcripts.log.tree import Tree
from tests.plugins.transcripts import pki

NAME = "hocba.test/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFIER = Verifier(NAME, KEY.public_key().public_bytes_raw())


def record(name: str) -> str:
    """The digest of a record of this name."""
    return hashlib.sha256(name.encode()).hexdigest()


def entry(act: Act, name: str, *, before: str = "", at: datetime = pki.NOW, decision: str = "") -> Entry:
    salt = hashlib.sha256(f"{act} {name} {at}".encode()).digest()[:16]
    return Entry(act, record(name), at, salt, record(before) if before else "", decision)


@dataclass
class Log:
    entries: list[Entry] = field(default_factory=list)

    def add(self, *entries: Entry) -> Log:
        self.entries += entries
        return self

    @property
    def hashes(self) -> Kept:
        kept = Kept()
        kept.extend([one.leaf for one in self.entries])
        return kept

    def note(self) -> bytes:
        size = len(self.entries)
        return sign(Checkpoint(NAME, size, Tree(size, self.hashes).root()).text, NAME, KEY)

    def evidence(
        self, shown: Iterable[int], about: str, *, tokens: Sequence[datetime] = (pki.NOW,), at: datetime = pki.NOW
    ) -> Evidence:
        """Evidence about a record from the entries with these numbers, stamped at these times."""
        tree, note, stamped = Tree(len(self.entries), self.hashes), self.note(), list[bytes]()
        proved = [Proved(self.entries[n].line, n, tuple(tree.inclusion(n))) for n in shown]
        for time in tokens:
            stamped.append(pki.timestamp(imprint_of(note, stamped), time))
        now = standing(record(about), self.entries)
        word = b""
        if now is not None:
            word = signed(Status(record(about), now.state, now.newest, len(self.entries), at), NAME, KEY)
        return Evidence(tuple(proved), note, tuple(stamped), word)


DAY = timedelta(days=1)
