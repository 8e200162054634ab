# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Schools with years of bills that were paid by transfer, and bills and attempts that wait to be paid.

Everything that one payment leaves behind is there: reference, charge, message, evidence, three entries, six postings.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

import psycopg

from core.payments.accounts import INCOME, RECEIVABLE, STUDENT_BALANCE
from core.payments.accounts import bank as bank_account

from .many_pupils import id_of, sql_of

SCHOOLS, PUPILS = 50, 2_000
AMOUNT = 500_000
"""Of every bill, in dong."""
NUMBER = "0001234567890"
POSTINGS = 6
"""That a bill leaves behind when it is paid."""
TABLES = (
    "core_payment_reference",
    "core_charge",
    "core_journal_entry",
    "core_posting",
    "core_evidence",
    "core_provider_inbox",
    "core_payment_attempt",
)
_BANK = bank_account(NUMBER)
_ACTOR = '{"kind": "system", "name": "benchmark", "account": null}'


def reference(charge: int) -> str:
    """Under which a charge is paid: as random as real ones, so that the index is read all over."""
    return "TRB" + hashlib.md5(str(charge).encode(), usedforsecurity=False).hexdigest()[:12].upper()


def attempt_reference(charge: int) -> str:
    """Under which an attempt to pay the charge is known."""
    return "TRA" + reference(charge)[3:]


def school_of(charge: int) -> int:
    return charge % SCHOOLS


def _of_school(ids: list[UUID]) -> str:
    """The one of these that belongs to the school of `n`."""
    every = ", ".join(f"'{one}'" for one in ids)
    return f"(ARRAY[{every}]::uuid[])[n % {SCHOOLS} + 1]"


def _sql_reference(letters: str) -> str:
    return f"'{letters}' || upper(substr(md5(n::text), 1, 12))"


_SCHOOL = sql_of("school", f"n % {SCHOOLS}")
_PERSON = sql_of("pupil", f"n % {SCHOOLS} * {PUPILS} + n / {SCHOOLS} % {PUPILS}")
_CHARGE, _ATTEMPT = sql_of("charge", "n"), sql_of("attempt", "n")
_PERIOD = sql_of("year", f"n % {SCHOOLS}")
_AT = "now() - interval '3 years' + interval '1 second' * (n % 10000000)"


def schools(owner: psycopg.Connection) -> None:
    """Schools with pupils and an open period."""
    school, made = sql_of("school", "s"), "now(), now()"
    every = f"generate_series(0, {SCHOOLS - 1}) s"
    for statement in (
        f"""INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
            updated_at) SELECT {school}, 'B' || s, 'Trường ' || s, 'primary', 'public', '48', '', '',
            'A' || chr(65 + s / 26) || chr(65 + s % 26), {made} FROM {every}""",
        f"""INSERT INTO core_accounting_period (id, school_id, name, starts_on, state)
            SELECT {sql_of("year", "s")}, {school}, '2026-11', '2026-11-01', 'open' FROM {every}""",
        f"""INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
            created_at, updated_at) SELECT {sql_of("pupil", "i")}, {sql_of("school", f"i / {PUPILS}")}, 'Nguyễn Văn ' || i,
            'van' || i, 'nguyen van ' || i, 1, '{{}}', '', false, {made}
            FROM generate_series(0, {SCHOOLS * PUPILS - 1}) i""",
        f"""INSERT INTO core_ledger_balance (school_id, account, person_id, shard, amount)
            SELECT school_id, account, id, 0, 0 FROM core_person, (VALUES ('{STUDENT_BALANCE}'), ('{RECEIVABLE}')) a (account)""",
    ):
        owner.execute(statement.encode())


def open_charges(owner: psycopg.Connection, start: int, end: int, *, paid: bool = False) -> None:
    """Bills from number to number, opened and booked as what is owed."""
    every = f"generate_series({start}, {end - 1}) n"
    state = f"'settled', {_AT}, {_AT}" if paid else f"'open', {_AT}, NULL"
    for statement in (
        f"""INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at)
            SELECT {_SCHOOL}, {_sql_reference("TRB")}, 'charge', {_CHARGE}, {_PERSON}, {_AT} FROM {every}""",
        f"""INSERT INTO core_charge (id, school_id, person_id, origin, origin_id, reference, due, allocated, currency, due_on,
            label, credits, hints, state, opened_at, settled_at)
            SELECT {_CHARGE}, {_SCHOOL}, {_PERSON}, 'finance', {_CHARGE}, {_sql_reference("TRB")}, {AMOUNT},
            {AMOUNT if paid else 0}, 'VND', ({_AT})::date, 'Thu tháng', '{{"{INCOME}": {AMOUNT}}}', '{{}}', {state} FROM {every}""",
        _entries("'charge:' || n", "charges.opened", 0, every),
        _postings(((RECEIVABLE, 1), (INCOME, -1)), 0, every),
    ):
        owner.execute(statement.encode())
    if not paid:
        owner.execute(_balances(RECEIVABLE, 1, every, _PERSON))
    owner.execute(_balances(INCOME, -1, every))


def pay(owner: psycopg.Connection, start: int, end: int, channels: list[UUID]) -> None:
    """The same bills paid by transfer: what came in, what was understood, what was booked.

    Args:
        channels: the notifier's channel of each school.
    """
    every = f"generate_series({start}, {end - 1}) n"
    channel = _of_school(channels)
    for statement in (
        f"""INSERT INTO core_provider_inbox (id, school_id, channel_id, provider, dedupe, method, headers, query, body,
            source_ip, facts, received_at, state, error, tries, processed_at)
            SELECT {sql_of("inbox", "n")}, {_SCHOOL}, {channel}, 'bank_notices', 'sepay:' || n, 'POST', '{{}}', '',
            convert_to(repeat('x', 300), 'UTF8'), '', '[]', {_AT}, 'processed', '', 1, {_AT} FROM {every}""",
        f"""INSERT INTO core_evidence (id, school_id, channel_id, rail, kind, provider_txn, amount, currency, occurred_at,
            recorded_at, reference, memo, merchant, reverses, data, attempt_id, inbox_id, source)
            SELECT {sql_of("evidence", "n")}, {_SCHOOL}, {channel}, '{_BANK}', 'credit', 'OLD' || n, {AMOUNT}, 'VND', {_AT},
            {_AT}, NULL, {_sql_reference("TRB")}, NULL, NULL, '{{}}', NULL, {sql_of("inbox", "n")}, 'notice' FROM {every}""",
        _entries("'evidence:' || n", "evidence.credit", 1, every, sql_of("evidence", "n")),
        _postings(((_BANK, 1), (STUDENT_BALANCE, -1)), 1, every),
        _entries("'allocation:' || n", "allocation", 2, every),
        _postings(((STUDENT_BALANCE, 1), (RECEIVABLE, -1)), 2, every),
    ):
        owner.execute(statement.encode())
    owner.execute(_balances(_BANK, 1, every))


def begin_attempts(owner: psycopg.Connection, start: int, end: int, channels: list[UUID]) -> None:
    """An attempt at a redirect service for each of these bills.

    Args:
        channels: the service's channel of each school.
    """
    every = f"generate_series({start}, {end - 1}) n"
    channel = _of_school(channels)
    lines = f"jsonb_build_array(jsonb_build_object('charge', {_CHARGE}, 'person', {_PERSON}, 'amount', {AMOUNT}))"
    for statement in (
        f"""INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at)
            SELECT {_SCHOOL}, {_sql_reference("TRA")}, 'attempt', {_ATTEMPT}, {_PERSON}, now() FROM {every}""",
        f"""INSERT INTO core_payment_attempt (id, school_id, reference, person_id, channel_id, lines, amount, currency,
            description, key, request_hash, locale, payer_ip, return_url, created_at, expires_at, expired, given_up,
            provider_data, status, captured, refunded)
            SELECT {_ATTEMPT}, {_SCHOOL}, {_sql_reference("TRA")}, {_PERSON}, {channel}, {lines}, {AMOUNT}, 'VND', 'Hoc phi',
            'k' || n, '', 'vi', '127.0.0.1', '', now(), now() + interval '1 day', false, false, '{{}}', 'created', 0, 0
            FROM {every}""",
    ):
        owner.execute(statement.encode())


def _entries(source: str, kind: str, which: int, every: str, evidence: str = "NULL::uuid") -> str:
    return f"""INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo,
        evidence_id) SELECT {sql_of("entry", f"n * 3 + {which}")}, {_SCHOOL}, {source}, '{kind}', {_PERIOD}, {_AT}, {_AT},
        '{_ACTOR}', '', {evidence} FROM {every}"""


def _postings(lines: tuple[tuple[str, int], ...], which: int, every: str) -> str:
    """Two postings of each entry; accounts of persons name the person, what is owed names the charge."""
    values = ", ".join(f"('{account}', {sign * AMOUNT})" for account, sign in lines)
    return f"""INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
        SELECT {_SCHOOL}, {sql_of("entry", f"n * 3 + {which}")}, a.account,
        CASE WHEN a.account IN ('{STUDENT_BALANCE}', '{RECEIVABLE}') THEN {_PERSON} END,
        CASE WHEN a.account = '{RECEIVABLE}' THEN {_CHARGE} END, a.amount
        FROM {every}, (VALUES {values}) a (account, amount)"""


def _balances(
    account: str, sign: int, every: str, person: str = "'00000000-0000-0000-0000-000000000000'::uuid"
) -> bytes:
    return f"""INSERT INTO core_ledger_balance AS b (school_id, account, person_id, shard, amount)
        SELECT {_SCHOOL}, '{account}', {person}, 0, {sign * AMOUNT} * count(*) FROM {every} GROUP BY 1, 3
        ON CONFLICT (school_id, account, person_id, shard) DO UPDATE SET amount = b.amount + EXCLUDED.amount""".encode()


def school_ids() -> list[UUID]:
    return [id_of("school", number) for number in range(SCHOOLS)]
