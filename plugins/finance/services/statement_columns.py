"""Columns of banks' and services' files, kept by account: what was understood, and what a person has named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Message, StatementReader, _
from core.sdk.errors import Invalid
from core.sdk.ledger import settlements
from core.sdk.statements import Statement
from plugins.finance.models import StatementColumns

from ._trail import note
from .rails import BankAccount

_LONGEST = 120


def kept(ctx: Context) -> dict[str, StatementColumns]:
    """What is kept, by account. Needs `payments.statement.import`."""
    ctx.require("payments.statement.import")
    rows = ctx.session.scalars(select(StatementColumns).where(StatementColumns.school_id == ctx.school_id))
    return {row.account: row for row in rows}


def key_of(account: BankAccount, *, service: bool) -> str:
    """Under what the columns of an account, or of a payment service, are kept."""
    return str(account.channel_id) if service else account.number


def read_file(
    readers: Sequence[StatementReader], content: bytes, account: str, known: Mapping[str, StatementColumns]
) -> Statement:
    """The lines of a statement file, with the columns that were named for its account.

    Args:
        account: the number that the person chose; empty takes the one that the file names.

    Raises:
        Invalid: no reader can read it; the message is the last reader's.
    """
    named = {number: row.columns for number, row in known.items() if row.named}
    if account:
        return _read(readers, content, named.get(account, {}))
    try:
        found = _read(readers, content, {})
    except Invalid:
        for columns in named.values():  # a file that is only understood by somebody's map
            try:
                return _read(readers, content, columns)
            except Invalid:
                continue
        raise
    return _read(readers, content, named[found.account]) if found.account in named else found


def _read(readers: Sequence[StatementReader], content: bytes, columns: Mapping[str, str]) -> Statement:
    refused = Invalid(_("No reader for bank statements is installed."))
    for reader in readers:
        try:
            if columns and reader.read_mapped is not None:
                return reader.read_mapped(content, columns)
            return reader.read(content)
        except Invalid as error:
            refused = error
    raise refused


def nameable(readers: Iterable[StatementReader], *, service: bool) -> dict[str, Message]:
    """What may be named, role to what it is called."""
    if service:
        return dict(settlements.COLUMNS)
    return {role: label for reader in readers for role, label in reader.columns.items()}


def understood(read: Statement | settlements.SettledFile) -> dict[str, str]:
    """Role to header, of the first table of a file."""
    if isinstance(read, Statement):
        return next((columns for columns in read.columns.values() if columns), {})
    return dict(read.columns)


def remember(ctx: Context, account: str, columns: Mapping[str, str]) -> None:
    """Keep what was understood of a file, unless a person has named the columns."""
    _keep(ctx, account, columns, named=False)


def name(
    ctx: Context, account: BankAccount, columns: Mapping[str, str], roles: Iterable[str], *, service: bool
) -> None:
    """Say which column is what, for every file of the account from now on. Needs `payments.statement.import`.

    Args:
        columns: role to the words of its header; nothing at all lets the program find them by itself again.

    Raises:
        Invalid: two roles name one column.
    """
    ctx.require("payments.statement.import")
    given = {role: " ".join(columns.get(role, "").split())[:_LONGEST] for role in roles}
    given = {role: header for role, header in given.items() if header}
    twice = [role for role, header in given.items() if list(given.values()).count(header) > 1]
    if twice:
        message = _("This column is named twice.")
        raise Invalid(message, fields=dict.fromkeys(twice, message))
    _keep(ctx, key_of(account, service=service), given, named=bool(given))
    note(ctx, "finance.statement.columns", ("payment_channel", account.channel_id), {"columns": given})


def _keep(ctx: Context, account: str, columns: Mapping[str, str], *, named: bool) -> None:
    made = insert(StatementColumns).values(
        school_id=ctx.school_id,
        account=account,
        columns=dict(columns),
        named=named,
        kept_at=ctx.now(),
        kept_by=ctx.actor.name,
    )
    new = made.excluded
    ctx.session.execute(
        made.on_conflict_do_update(
            index_elements=["school_id", "account"],
            set_={"columns": new.columns, "named": new.named, "kept_at": new.kept_at, "kept_by": new.kept_by},
            where=None if named or not columns else ~StatementColumns.named,
        )
    )
