"""Linking and verifying the chains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context

from .canonical import Facts, entry_hash, link_hash
from .models import NO_SCHOOL

GENESIS = bytes(32)
_LINK = text("SELECT core_audit_link(:most, :wait)")
_HEADS = text("SELECT chain, seq, hash FROM core_audit_head ORDER BY chain")
_ORPHANS = text("SELECT DISTINCT chain FROM core_audit ORDER BY chain")
_ENTRIES = text(
    "SELECT seq, prev_hash, hash, entry_hash, id, school_id, at, actor_kind, actor_id, actor_name, action,"
    " target_type, target_id, detail FROM core_audit"
    " WHERE chain = :chain AND seq > :after ORDER BY seq LIMIT :page"
)
_PAGE = 2_000

FaultKind = Literal["changed", "missing", "broken", "tail"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that an append-only chain cannot have by itself.

    changed: the entry is not what was recorded. missing: numbers before this one are gone. broken: the link
    does not follow from the one before. tail: the chain ends before or after its head says.
    """

    seq: int
    kind: FaultKind

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.kind}"


@dataclass(slots=True)
class ChainReport:
    """What verification found in one chain. `head` may be written down elsewhere and compared later."""

    school_id: UUID | None
    entries: int = 0
    head: str = GENESIS.hex()
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


def link(ctx: Context, *, most: int = 5_000, wait: bool = False) -> int:
    """Move waiting entries into their chains.

    Args:
        wait: for somebody who is linking or verifying at this moment; otherwise it is left to them.

    Returns:
        How many were linked; `most` means that there may be more.
    """
    return int(ctx.session.connection().execute(_LINK, {"most": most, "wait": wait}).scalar_one())


def verify(ctx: Context) -> list[ChainReport]:
    """Recompute every hash: of the context's school, or of all schools and of the installation.

    Waiting entries are linked first, so that what is committed is covered; nothing is linked meanwhile, so
    that heads and chains belong together. Recording goes on.
    """
    ctx.require("core.audit.verify")
    while link(ctx, wait=True):
        pass
    connection = ctx.session.connection()
    heads = {row.chain: (row.seq, bytes(row.hash)) for row in connection.execute(_HEADS)}
    if ctx.school is not None:
        chains: Sequence[UUID] = [ctx.school]
    else:
        chains = sorted({*heads, *connection.execute(_ORPHANS).scalars()})
    return [_verify(ctx, chain, heads.get(chain, (0, GENESIS))) for chain in chains]


def _verify(ctx: Context, chain: UUID, head: tuple[int, bytes]) -> ChainReport:
    report = ChainReport(None if chain == NO_SCHOOL else chain)
    seq, previous = 0, GENESIS
    for row in _entries(ctx, chain):
        if row.seq != seq + 1:
            report.faults.append(Fault(row.seq, "missing"))
        elif bytes(row.prev_hash) != previous or link_hash(previous, row.seq, row.entry_hash) != bytes(row.hash):
            report.faults.append(Fault(row.seq, "broken"))
        if entry_hash(Facts._make(row[4:])) != bytes(row.entry_hash) or (row.school_id or NO_SCHOOL) != chain:
            report.faults.append(Fault(row.seq, "changed"))
        seq, previous = row.seq, bytes(row.hash)
        report.entries += 1
    report.head = previous.hex()
    if (seq, previous) != head:
        report.faults.append(Fault(head[0], "tail"))
    return report


def _entries(ctx: Context, chain: UUID) -> Iterator[Row[Any]]:
    """All entries of a chain by pages, so that memory stays small."""
    after = 0
    while True:
        values = {"chain": chain, "after": after, "page": _PAGE}
        page = ctx.session.connection().execute(_ENTRIES, values).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq
