"""What was found when a copy of an installation was checked: after a restore, after a move."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from core import audit
from core.data.session import Database
from core.payments import ledger
from core.school.models import School
from core.types.actor import Actor


@dataclass(slots=True)
class Proof:
    """Figures of a copy, and every disagreement."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    schools: int = 0
    entries: int = 0
    """Of the record of changes, every hash recomputed."""
    faults: list[str] = field(default_factory=list)


def prove_books(database: Database, actor: Actor, proof: Proof) -> None:
    """Recompute the books and the chains of every school, with the rights of the application."""
    with database.all_schools(actor) as ctx:
        for report in audit.verify(ctx):
            proof.entries += report.entries
            proof.faults += [f"record of changes of {report.school_id}: {fault}" for fault in report.faults]
        schools = list(ctx.session.scalars(select(School.id)))
    for school in schools:
        with database.context(actor, school) as ctx:
            proof.faults += [f"books of {school}: {problem}" for problem in ledger.verify(ctx)]
    proof.schools = len(schools)
