"""The log of transcripts: a batch of 100,000 records with their hashing, proofs, timestamps; all in RSA-2048 signatures.

The batch of the database runs over the tables as they are; its rows are made by SQL, and only the processor's time counts.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import text

from core.data.session import Database
from core.types.actor import system_actor
from plugins.transcripts.log import batches
from plugins.transcripts.log.entry import Act, Entry
from plugins.transcripts.log.growing import Kept
from plugins.transcripts.log.tree import Tree, is_included
from plugins.transcripts.simulator.app import authority_in
from plugins.transcripts.trust.anchors import Anchors
from plugins.transcripts.trust.timestamp import judge

from .common import Bench, Row, processor
from .filling import as_owner

NAME = "transcripts_log"
RECORDS, BYTES = 100_000, 60_000
"""Ten seconds for 100,000 at 0.4 ms a signature, as the goal was measured, are 0.25 signatures a record."""
_SCHOOL = """
INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix,
  created_at, updated_at)
VALUES (uuidv7(), 'BENCH', 'Bench', 'lower_secondary', 'public', '01', '', '', 'BEN', now(), now())
"""
_FILL = """
INSERT INTO transcripts_year_record (id, school_id, transcript_id, learner_id, year_id, class_id, class_name, grade,
  rule_set, version, state, replaces_sha256, reason, decision, file_id, sha256, sealed_file_id, sealed_sha256, shown,
  from_paper, paper, token, frozen_at, frozen_by, sealed_at)
SELECT uuidv7(), core_school.id, uuidv7(), uuidv7(), uuidv7(), uuidv7(), '7A1', 7, 'tt22', 1, 'sealed', '', '',
  '', uuidv7(), '', uuidv7(), encode(sha256(CAST(n AS text)::bytea), 'hex'), '{}', false, '', 'bench-' || n, now(), '',
  now() FROM core_school, generate_series(1, %(count)s) n
"""


@dataclass
class Floor:
    """Seconds of the processor that one RSA-2048 signature takes, measured before and after."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    found: list[float] = field(default_factory=list)

    def look(self) -> None:
        self.found.append(_seconds(lambda: self.key.sign(b"digest", padding.PKCS1v15(), SHA256()), 300))

    @property
    def seconds(self) -> float:
        return sum(self.found) / len(self.found)


def rows(run: Bench) -> list[Row]:
    """Hashing and tree, the same through the database, proofs, timestamps."""
    count = max(2_000, int(RECORDS * run.scale))
    floor = Floor()
    floor.look()
    hashing, kept, leaves = _tree(count)
    inside = _database(run, count)
    made, checked, size = _proofs(kept, leaves)
    stamp = _timestamps(run)
    floor.look()
    one = floor.seconds
    tree, stored = hashing / count / one, inside / count / one
    seconds = f"{hashing / count * RECORDS:.1f} s of the processor for 100,000 here"
    return [
        Row("transcripts: log, hashing and tree, x RSA a record", tree, "<= 0.25", tree <= 0.25, seconds),
        Row("transcripts: log, batch in the database, x RSA a record", stored, "<= 0.25", stored <= 0.25, "both sides"),
        Row("transcripts: proof of inclusion, bytes", size, "<= 600", size <= 600, f"among {count:,}"),
        Row("transcripts: making a proof, x RSA", made / one, "<= 0.5", made / one <= 0.5, "in the order of the log"),
        Row("transcripts: checking a proof, x RSA", checked / one, "<= 0.1", checked / one <= 0.1),
        Row("transcripts: judging a timestamp, x RSA", stamp / one, "<= 3", stamp / one <= 3, "P-256, with its chain"),
    ]  # fmt: skip


def _tree(count: int) -> tuple[float, Kept, list[bytes]]:
    """Seconds to hash records of 60 KB, make their entries and grow the tree to its root."""
    content, now = bytearray(BYTES), datetime(2026, 6, 5, tzinfo=UTC)
    kept, leaves = Kept(), list[bytes]()
    begin = time.process_time()
    for number in range(count):
        content[:8] = number.to_bytes(8, "big")
        record = hashlib.sha256(content)
        leaves.append(Entry(Act.ISSUE, record.hexdigest(), now, record.digest()[:16]).leaf)
    kept.extend(leaves)
    Tree(count, kept).root()
    return time.process_time() - begin, kept, leaves


def _database(run: Bench, count: int) -> float:
    """Seconds of both sides for one batch, from sealed records to the signed checkpoint."""
    db = Database(run.database(NAME), pool_size=1)
    with as_owner(run.server, NAME) as owner:  # rows of one table alone
        owner.execute(_SCHOOL)
        owner.execute(_FILL, {"count": count})
        owner.execute("ANALYZE transcripts_year_record")
    with db.all_schools(system_actor("bench")) as ctx:
        server = int(ctx.session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        begin = time.process_time() + processor(server)
        batches.batch(ctx)
        taken = time.process_time() + processor(server) - begin
    db.close()
    return taken


def _proofs(kept: Kept, leaves: list[bytes]) -> tuple[float, float, int]:
    """Seconds to make one and to check one, and the longest in bytes."""
    size = len(leaves)
    tree, some = Tree(size, kept), range(0, size, max(1, size // 5_000))
    root, begin = tree.root(), time.process_time()
    proofs = [tree.inclusion(index) for index in some]
    made, begin = time.process_time() - begin, time.process_time()
    if not all(is_included(leaves[at], at, size, proof, root) for at, proof in zip(some, proofs, strict=True)):
        raise AssertionError("a proof does not hold")
    checked = time.process_time() - begin
    return made / len(some), checked / len(some), max(map(len, proofs)) * 32


def _timestamps(run: Bench) -> float:
    authority, now = authority_in(run.folder / "authority"), datetime.now(UTC)
    imprint = hashlib.sha256(b"seal").digest()
    token, anchors = authority.token(imprint, now), Anchors({"timestamps": authority.chain})
    if isinstance(judge(token, imprint, anchors, now + timedelta(days=1)), str):
        raise AssertionError("a genuine token was refused")
    return _seconds(lambda: judge(token, imprint, anchors, now + timedelta(days=1)), 300)


def _seconds(subject: Callable[[], object], calls: int) -> float:
    begin = time.process_time()
    for _ in range(calls):
        subject()
    return (time.process_time() - begin) / calls
