"""The third verdict, offline: is this still the record that counts? Judged from evidence, pinned logs and anchors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..trust.anchors import Anchors
from ..verify.verdict import Finding, Layer, Outcome
from . import renewal, status
from .entry import Act, EntryRefused, Standing, parse, standing
from .evidence import Evidence, EvidenceRefused, read
from .note import Checkpoint, NoteRefused, Verifier, checkpoint
from .tree import is_included, leaf_hash

FRESH = timedelta(days=30)
"""How old the word of the log may be; older evidence proves that a record was issued, not that it still counts."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings of the layer of status; none: issued, and it counts."""

    findings: tuple[Finding, ...]
    standing: Standing | None = None
    logged_at: datetime | None = None
    """The proved time by which it was in the log."""


def judge(
    record: str, file: bytes, logs: Sequence[Verifier], anchors: Anchors, at: datetime, *, fresh: timedelta = FRESH
) -> Judged:
    """Judge a record by its evidence.

    Args:
        record: SHA-256 (hex) of the sealed XML as it was computed from the file at hand.
        file: the evidence, see `evidence`.
        logs: keys of the logs that are believed.
        anchors: whose timestamps are believed.
        at: the day of the question.

    Returns:
        Findings `log_malformed`, `log_unknown` (no pinned log signed the checkpoint), `log_other_record`, `log_proof`
        (not in that tree), `log_order`, those of timestamps, `record_replaced`, `record_revoked`, `status_unsigned`,
        `status_stale` and `status_differs`.
    """
    try:
        evidence = read(file)
        entries = [parse(one.line) for one in evidence.entries]
    except (EvidenceRefused, EntryRefused):
        return Judged((_invalid("log_malformed"),))
    found = _signed(evidence, logs)
    if found is None:
        return Judged((_invalid("log_unknown"),))
    said, log = found
    code = _proof_fault(evidence, said)
    if code:
        return Judged((_invalid(code),))
    now = standing(record, entries)
    if now is None:
        return Judged((_invalid("log_other_record"),))
    time = renewal.judge(evidence.checkpoint, evidence.tokens, anchors, at)
    findings = [*_time_findings(time), *_standing_findings(now)]
    findings += _status_findings(record, now, evidence, log, at, fresh)
    return Judged(tuple(findings), now, None if isinstance(time, str) else time.time)


def _signed(evidence: Evidence, logs: Iterable[Verifier]) -> tuple[Checkpoint, Verifier] | None:
    for log in logs:
        try:
            return checkpoint(evidence.checkpoint, log), log
        except NoteRefused:
            continue
    return None


def _proof_fault(evidence: Evidence, said: Checkpoint) -> str:
    """Every entry is in the tree, in the order of the log."""
    for one in evidence.entries:
        if not is_included(leaf_hash(one.line), one.index, said.size, one.proof, said.root):
            return "log_proof"
    in_order = all(one.index < other.index for one, other in pairwise(evidence.entries))
    return "" if in_order else "log_order"


def _time_findings(time: object) -> Iterator[Finding]:
    if isinstance(time, str):
        undecided = time in ("timestamp_missing", "timestamp_expired")
        yield Finding(time, Layer.STATUS, Outcome.INDETERMINATE if undecided else Outcome.INVALID)


def _standing_findings(now: Standing) -> Iterator[Finding]:
    params = {"newest": now.newest, "at": now.since.isoformat(), "decision": now.decision}
    if now.state is Act.REPLACE:
        yield Finding("record_replaced", Layer.STATUS, Outcome.INVALID, params=params)
    if now.state is Act.REVOKE:
        yield Finding("record_revoked", Layer.STATUS, Outcome.INVALID, params=params)


def _status_findings(
    record: str, now: Standing, evidence: Evidence, log: Verifier, at: datetime, fresh: timedelta
) -> Iterator[Finding]:
    """What the log said later than the entries at hand show."""
    try:
        said = status.read(evidence.status, log)
    except NoteRefused:
        yield Finding("status_unsigned", Layer.STATUS, Outcome.INDETERMINATE)
        return
    if said.record != record:
        yield _invalid("status_differs")
    elif said.state is not now.state or said.newest != now.newest:
        # The log has gone on since the entries were written down: its word counts.
        ended = {Act.REPLACE: "record_replaced", Act.REVOKE: "record_revoked"}.get(said.state, "status_differs")
        yield Finding(ended, Layer.STATUS, Outcome.INVALID, params={"newest": said.newest, "at": said.at.isoformat()})
    elif said.at < at - fresh and now.state is Act.ISSUE:
        yield Finding("status_stale", Layer.STATUS, Outcome.INDETERMINATE, params={"at": said.at.isoformat()})


def _invalid(code: str) -> Finding:
    return Finding(code, Layer.STATUS, Outcome.INVALID)
