"""Bank statements: upload, plan, confirm. The core's books decide; a transfer that a notice told is booked once."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import select

from core.sdk import Context, Message, Progress, _, files, work
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import channels, settlements, statements
from core.sdk.people import Person
from core.sdk.statements import Result, Statement
from plugins.finance.models import StatementUpload

from . import statement_columns
from ._trail import note
from .rails import BankAccount

IMPORT_TASK = "finance.statement"
INLINE = 100
"""Lines up to which a statement is booked while the person waits."""
_LIMIT = 40 * 1024 * 1024
"""Of what is stored, packed."""
_PURPOSE = "finance.statement"


@dataclass(frozen=True, slots=True)
class Planned:
    """A statement and what becomes of each line: what booking would do, or has done."""

    upload: StatementUpload
    result: Result
    names: dict[str, str]
    """Names of pupils by the person's id as text."""
    columns: dict[str, str]
    """What stands in which column, by the words of the header."""


def upload(ctx: Context, accounts: Sequence[BankAccount], account: str, name: str, statement: Statement) -> UUID:
    """Keep a statement as read. Books nothing.

    Args:
        accounts: the school's accounts (`rails.bank_accounts`).
        account: number that the person chose; empty takes the one that the file names, or the only one.

    Raises:
        Invalid: no line, no such account, or the file is of another account.
    """
    ctx.require("payments.statement.import")
    if not statement.lines:
        raise Invalid(
            _("No movement was found in this file."), fields={"file": _("No movement was found in this file.")}
        )
    chosen = _account(accounts, account or statement.account)
    statements.check(ctx, chosen.channel_id, statement)
    return _upload(ctx, chosen, name, statement, len(statement.lines))


def upload_day(ctx: Context, service: BankAccount, name: str, content: bytes) -> UUID:
    """Keep the day file of a payment service as read. Books nothing.

    Raises:
        Invalid: no table of transactions, or nothing in it.
    """
    ctx.require("payments.statement.import")
    known = statement_columns.kept(ctx).get(statement_columns.key_of(service, service=True))
    file = settlements.read_settlement(content, known.columns if known is not None and known.named else None)
    if not file.lines and not file.faults:
        raise Invalid(
            _("No movement was found in this file."), fields={"file": _("No movement was found in this file.")}
        )
    settlements.plan(ctx, service.channel_id, file)
    return _upload(ctx, service, name, file, len(file.lines))


def _upload(ctx: Context, of: BankAccount, name: str, read: Statement | settlements.SettledFile, lines: int) -> UUID:
    row = StatementUpload(
        channel_id=of.channel_id,
        account=of.number,
        name=files.clean_name(name),
        lines_id=_keep(ctx, f"{name}.json", read),
        uploaded_at=ctx.now(),
        uploaded_by=ctx.actor.name,
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.statement.uploaded", ("finance_statement", row.id), {"lines": lines})
    return row.id


def _account(accounts: Sequence[BankAccount], number: str) -> BankAccount:
    if not accounts:
        raise Invalid(
            _("Set up the channel of the bank account first."), fields={"account": _("No account is set up.")}
        )
    plain = "".join(char for char in number if char.isalnum())
    fitting = [a for a in accounts if a.number == plain] if plain else list(accounts)
    if len(fitting) != 1:
        message = (
            _("Say which account this statement is of.")
            if not plain
            else _("This is the statement of another account.")
        )
        raise Invalid(message, fields={"account": message})
    return fitting[0]


def uploads(ctx: Context, limit: int = 50) -> list[StatementUpload]:
    """The statements that were uploaded, the latest first."""
    ctx.require("payments.statement.import")
    query = select(StatementUpload).where(StatementUpload.state != "discarded")
    return list(
        ctx.session.scalars(query.order_by(StatementUpload.uploaded_at.desc(), StatementUpload.id).limit(limit))
    )


def planned(ctx: Context, upload_id: UUID) -> Planned:
    """A statement with its plan, computed against the books of this moment; once booked, what was done.

    Raises:
        NotFound: no such statement at this school.
    """
    ctx.require("payments.statement.import")
    row = _find(ctx, upload_id)
    if row.plan_id is not None:
        known = statement_columns.kept(ctx).get(row.account)
        return _planned(ctx, row, _kept(ctx, row.plan_id, Result), known.columns if known is not None else {})
    read = _kept(ctx, row.lines_id, Statement)
    result = statements.plan(ctx, row.channel_id, read).result
    return _planned(ctx, row, result, statement_columns.understood(read))


def _planned(ctx: Context, row: StatementUpload, result: Result, columns: dict[str, str]) -> Planned:
    return Planned(row, result, _names(ctx, result), columns)


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The day file of a service, and what becomes of each line."""

    upload: StatementUpload
    file: settlements.SettledFile
    plan: settlements.SettlementPlan


def planned_day(ctx: Context, upload_id: UUID) -> PlannedDay | None:
    """A day file with its plan; None when the upload is the statement of a bank account."""
    ctx.require("payments.statement.import")
    row = _find(ctx, upload_id)
    if not is_day(ctx, row):
        return None
    file = _kept(ctx, row.lines_id, settlements.SettledFile)
    if row.plan_id is not None:
        return PlannedDay(row, file, _kept(ctx, row.plan_id, settlements.SettlementPlan))
    return PlannedDay(row, file, settlements.plan(ctx, row.channel_id, file))


def is_day(ctx: Context, row: StatementUpload) -> bool:
    """Whether an upload is the day file of a payment service."""
    return not channels.look(ctx, row.channel_id).rail.startswith("bank:")


def start_import(ctx: Context, upload_id: UUID) -> UUID | None:
    """Book a statement: at once when it is short, else in the background; then the answer is the job to watch.

    Raises:
        Conflict: it is booked or discarded already.
    """
    ctx.require("payments.statement.import")
    row = _open(ctx, upload_id)
    if is_day(ctx, row):
        _import_day(ctx, row)
        return None
    if len(_kept(ctx, row.lines_id, Statement).lines) <= INLINE:
        run_import(ctx, upload_id)
        return None
    return work.enqueue(ctx, IMPORT_TASK, {"upload": str(upload_id)}, key=str(upload_id))


def _import_day(ctx: Context, row: StatementUpload) -> None:
    """Keep the lines of a service, and book what nobody had told."""
    file = _kept(ctx, row.lines_id, settlements.SettledFile)
    done = settlements.import_settlement(ctx, row.channel_id, file, name=row.name)
    row.plan_id, row.state = _keep(ctx, f"{row.name}.plan.json", done), "imported"
    row.imported_at, row.imported_by = ctx.now(), ctx.actor.name
    row.result = {"counts": done.counts, "credited": done.gross, "fee": done.fee}
    ctx.session.flush()
    statement_columns.remember(ctx, str(row.channel_id), statement_columns.understood(file))


def _silent(done: int, total: int, note: Message | None = None) -> None:
    """Nobody watches."""


def run_import(ctx: Context, upload_id: UUID, progress: Progress = _silent) -> None:
    """Book every line in one transaction."""
    row = _open(ctx, upload_id)
    statement = _kept(ctx, row.lines_id, Statement)
    done = statements.import_statement(ctx, row.channel_id, statement, name=row.name, progress=progress)
    row.plan_id, row.state = _keep(ctx, f"{row.name}.plan.json", done.plan.result), "imported"
    row.imported_at, row.imported_by = ctx.now(), ctx.actor.name
    row.result = {
        "counts": done.plan.counts,
        "booked": done.booked,
        "known": done.known,
        "credited": done.credited,
        "suspense": done.suspense,
    }
    ctx.session.flush()
    statement_columns.remember(ctx, row.account, statement_columns.understood(statement))


def discard(ctx: Context, upload_id: UUID) -> None:
    """Put a statement away that was not booked.

    Raises:
        Conflict: it is booked already.
    """
    ctx.require("payments.statement.import")
    row = _open(ctx, upload_id)
    row.state = "discarded"
    note(ctx, "finance.statement.discarded", ("finance_statement", row.id))


def _find(ctx: Context, upload_id: UUID, *, lock: bool = False) -> StatementUpload:
    query = select(StatementUpload).where(StatementUpload.id == upload_id, StatementUpload.state != "discarded")
    row = ctx.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound()
    return row


def _open(ctx: Context, upload_id: UUID) -> StatementUpload:
    row = _find(ctx, upload_id, lock=True)
    if row.state != "planned":
        raise Conflict(_("This statement has been booked already."))
    return row


T = TypeVar("T")


def _keep(ctx: Context, name: str, value: object) -> UUID:
    """Store what was read or planned, packed: a hundred thousand lines are fifty megabytes of text."""
    packed = zlib.compress(msgspec.json.encode(value), 1)
    stored = files.store(ctx, packed, name=name, media_type="application/zlib", purpose=_PURPOSE, limit=_LIMIT)
    return stored.id


def _kept(ctx: Context, file_id: UUID, kind: type[T]) -> T:
    with files.open(ctx, file_id) as stored:
        content = stored.read()
    plain = content if content.startswith((b"{", b"[")) else zlib.decompress(content)
    return msgspec.json.decode(plain, type=kind)


def _names(ctx: Context, result: Result) -> dict[str, str]:
    found = {m.owner for d in result.decisions for m in d.matches}
    found |= {c.owner for d in result.decisions for c in (*d.candidates, *d.payer_hints, *d.sibling_hints)}
    rows = ctx.session.execute(select(Person.id, Person.full_name).where(Person.id.in_([UUID(i) for i in found])))
    return {str(person): name for person, name in rows}


@dataclass(frozen=True, slots=True)
class Sums:
    """Money of a plan, in dong."""

    credited: int
    """To pupils, for certain."""
    proposed: int
    suspense: int
    outgoing: int


def sums(result: Result) -> Sums:
    """What the lines of each outcome add up to."""
    proposed = sum(d.line.credit or 0 for d in result.decisions if d.outcome == "proposed")
    suspense = sum(d.line.credit or 0 for d in result.decisions if d.outcome == "suspense")
    outgoing = sum(d.line.debit or 0 for d in result.decisions if d.outcome != "duplicate")
    return Sums(result.credited, proposed, suspense, outgoing)
