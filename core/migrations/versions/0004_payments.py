"""payments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, school_rights
from core.payments.models.ledger import TransactionId

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What the application may not even try: balances come from postings alone, raw messages never change.
GUARDS = [
    f"REVOKE INSERT, UPDATE, DELETE ON core_ledger_balance FROM {APP_ROLE}, {SYSTEM_ROLE}",
    f"REVOKE UPDATE, DELETE ON core_provider_inbox FROM {APP_ROLE}, {SYSTEM_ROLE}",
    f"GRANT UPDATE (state, error, tries, processed_at) ON core_provider_inbox TO {APP_ROLE}, {SYSTEM_ROLE}",
    f"REVOKE DELETE ON core_charge, core_payment_attempt, core_refund, core_exception_case, core_accounting_period "
    f"FROM {APP_ROLE}, {SYSTEM_ROLE}",
    """
CREATE FUNCTION core_books_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
""",
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_books_refuse_change()"
        for table in ("core_payment_reference", "core_evidence", "core_journal_entry", "core_posting")
    ),
    """
CREATE FUNCTION core_posting_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE overdrawn text;
BEGIN
  IF EXISTS (SELECT FROM added GROUP BY entry_id HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'the postings of an entry do not sum to zero' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT entry_id, school_id FROM added) a LEFT JOIN core_journal_entry e ON e.id = a.entry_id
             WHERE e.id IS NULL OR e.txid <> pg_current_xact_id() OR e.school_id <> a.school_id) THEN
    RAISE EXCEPTION 'a finished entry takes no more postings' USING ERRCODE = 'restrict_violation';
  END IF;
  -- Set-based in place of foreign keys: three checks a row would double the time of a large round.
  IF EXISTS (SELECT FROM added a LEFT JOIN core_charge c ON c.id = a.charge_id
             WHERE a.charge_id IS NOT NULL AND (c.id IS NULL OR c.person_id IS DISTINCT FROM a.person_id
                                                OR c.school_id <> a.school_id)) THEN
    RAISE EXCEPTION 'a posting names a charge that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  WITH written AS (
    INSERT INTO core_ledger_balance AS b (school_id, account, person_id, shard, amount)
    SELECT school_id, account, coalesce(person_id, '00000000-0000-0000-0000-000000000000'),
           CASE WHEN person_id IS NULL THEN pg_backend_pid() % 16 ELSE 0 END, sum(amount)
      FROM added GROUP BY school_id, account, person_id
     ORDER BY person_id NULLS LAST, account
    ON CONFLICT (school_id, account, person_id, shard) DO UPDATE SET amount = b.amount + EXCLUDED.amount
    RETURNING account, amount)
  SELECT account INTO overdrawn FROM written
   WHERE (account = 'student_balance' AND amount > 0) OR (account = 'receivable:student' AND amount < 0) LIMIT 1;
  IF overdrawn IS NOT NULL THEN
    RAISE EXCEPTION '% would fall below zero', overdrawn USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    "CREATE TRIGGER apply AFTER INSERT ON core_posting REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_posting_apply()",
    """
CREATE FUNCTION core_journal_entry_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE total bigint; lines bigint;
BEGIN
  SELECT coalesce(sum(amount), 0), count(*) INTO total, lines FROM core_posting WHERE entry_id = NEW.id;
  IF total <> 0 OR lines < 2 THEN
    RAISE EXCEPTION 'entry % is not balanced', NEW.source USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM core_accounting_period WHERE id = NEW.period_id AND state = 'open') THEN
    RAISE EXCEPTION 'the accounting period is closed' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END $$
""",
    "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON core_journal_entry DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION core_journal_entry_check()",
    """
CREATE FUNCTION core_accounting_period_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'closed' THEN
    RAISE EXCEPTION 'a closed period is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    "CREATE TRIGGER frozen BEFORE UPDATE ON core_accounting_period "
    "FOR EACH ROW EXECUTE FUNCTION core_accounting_period_check()",
]
UNGUARD = [
    "DROP TRIGGER frozen ON core_accounting_period",
    "DROP TRIGGER balanced ON core_journal_entry",
    "DROP TRIGGER apply ON core_posting",
    *(
        f"DROP TRIGGER append_only ON {table}"
        for table in ("core_payment_reference", "core_evidence", "core_journal_entry", "core_posting")
    ),
    "DROP FUNCTION core_accounting_period_check, core_journal_entry_check, core_posting_apply, core_books_refuse_change",
]


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "core_accounting_period",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_core_accounting_period_state")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_accounting_period_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_accounting_period")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_core_accounting_period_school_id_name")),
    )
    op.create_index(
        "uq_core_accounting_period_open",
        "core_accounting_period",
        ["school_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "core_ledger_balance",
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_ledger_balance_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "account", "person_id", "shard", name=op.f("pk_core_ledger_balance")
        ),
    )
    op.create_index(
        "ix_core_ledger_balance_owed",
        "core_ledger_balance",
        ["school_id", "account", "amount"],
        unique=False,
        postgresql_where="amount <> 0",
    )
    op.create_table(
        "core_payment_channel",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fee_fixed", sa.BigInteger(), nullable=False),
        sa.Column("fee_per_mille", sa.BigInteger(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "fee_fixed >= 0 AND fee_per_mille BETWEEN 0 AND 1000", name=op.f("ck_core_payment_channel_fee")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_payment_channel_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_payment_channel")),
    )
    op.create_index(
        "ix_core_payment_channel_school", "core_payment_channel", ["school_id", "position"], unique=False
    )
    op.create_table(
        "core_notice_refusal",
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_digest", sa.Text(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["core_payment_channel.id"], name=op.f("fk_core_notice_refusal_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_notice_refusal_school_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "day", "reason", name=op.f("pk_core_notice_refusal")),
    )
    op.create_table(
        "core_payment_reference",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("kind IN ('charge', 'attempt')", name=op.f("ck_core_payment_reference_kind")),
        sa.CheckConstraint("reference ~ '^[A-Z0-9]{8,16}$'", name=op.f("ck_core_payment_reference_shape")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_core_payment_reference")),
    )
    op.create_index("ix_core_payment_reference_target", "core_payment_reference", ["target_id"], unique=False)
    op.create_table(
        "core_provider_inbox",
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("dedupe", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("query", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("source_ip", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'processed', 'quarantined', 'failed')",
            name=op.f("ck_core_provider_inbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["core_payment_channel.id"], name=op.f("fk_core_provider_inbox_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_provider_inbox_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_provider_inbox")),
        sa.UniqueConstraint("channel_id", "dedupe", name=op.f("uq_core_provider_inbox_channel_id_dedupe")),
    )
    op.create_index(
        "ix_core_provider_inbox_open",
        "core_provider_inbox",
        ["school_id", "received_at"],
        unique=False,
        postgresql_where="state = 'received'",
    )
    op.create_table(
        "core_charge",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.UUID(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("credits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hints", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (allocated < due) OR state = 'cancelled'", name=op.f("ck_core_charge_settled")
        ),
        sa.CheckConstraint("state IN ('open', 'settled', 'cancelled')", name=op.f("ck_core_charge_state")),
        sa.CheckConstraint("due >= 0 AND allocated BETWEEN 0 AND due", name=op.f("ck_core_charge_allocated")),
        sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=op.f("fk_core_charge_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_charge")),
        sa.UniqueConstraint("reference", name=op.f("uq_core_charge_reference")),
        sa.UniqueConstraint(
            "school_id", "origin", "origin_id", name=op.f("uq_core_charge_school_id_origin_origin_id")
        ),
    )
    op.create_index(
        "ix_core_charge_open",
        "core_charge",
        ["school_id", "person_id"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_index(
        "ix_core_charge_person", "core_charge", ["school_id", "person_id", "due_on"], unique=False
    )
    op.create_table(
        "core_payment_attempt",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("payer_ip", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expired", sa.Boolean(), nullable=False),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("provider_data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_core_payment_attempt_amount")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["core_payment_channel.id"], name=op.f("fk_core_payment_attempt_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_payment_attempt_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reference"],
            ["core_payment_reference.reference"],
            name=op.f("fk_core_payment_attempt_reference"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_payment_attempt_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_payment_attempt")),
        sa.UniqueConstraint("reference", name=op.f("uq_core_payment_attempt_reference")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_core_payment_attempt_school_id_key")),
    )
    op.create_index(
        "ix_core_payment_attempt_expiry",
        "core_payment_attempt",
        ["school_id", "expires_at"],
        unique=False,
        postgresql_where="NOT expired",
    )
    op.create_index(
        "ix_core_payment_attempt_person",
        "core_payment_attempt",
        ["school_id", "person_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "core_evidence",
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_txn", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=True),
        sa.Column("reverses", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempt_id", sa.UUID(), nullable=True),
        sa.Column("inbox_id", sa.UUID(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["core_payment_attempt.id"], name=op.f("fk_core_evidence_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["core_payment_channel.id"], name=op.f("fk_core_evidence_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["core_provider_inbox.id"], name=op.f("fk_core_evidence_inbox_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_evidence_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_evidence")),
        sa.UniqueConstraint(
            "school_id",
            "rail",
            "kind",
            "provider_txn",
            name=op.f("uq_core_evidence_school_id_rail_kind_provider_txn"),
        ),
    )
    op.create_index(
        "ix_core_evidence_attempt",
        "core_evidence",
        ["school_id", "attempt_id"],
        unique=False,
        postgresql_where="attempt_id IS NOT NULL",
    )
    op.create_table(
        "core_exception_case",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=True),
        sa.Column("evidence_id", sa.UUID(), nullable=True),
        sa.Column("inbox_id", sa.UUID(), nullable=True),
        sa.Column("attempt_id", sa.UUID(), nullable=True),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_core_exception_case_resolved")
        ),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_core_exception_case_state")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["core_payment_attempt.id"], name=op.f("fk_core_exception_case_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["core_payment_channel.id"], name=op.f("fk_core_exception_case_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["core_evidence.id"], name=op.f("fk_core_exception_case_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["core_provider_inbox.id"], name=op.f("fk_core_exception_case_inbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_exception_case_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_exception_case_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_exception_case")),
        sa.UniqueConstraint(
            "school_id", "kind", "subject", name=op.f("uq_core_exception_case_school_id_kind_subject")
        ),
    )
    op.create_index(
        "ix_core_exception_case_open",
        "core_exception_case",
        ["school_id", "opened_at"],
        unique=False,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "core_journal_entry",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period_id", sa.UUID(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.UUID(), nullable=True),
        sa.Column("reverses_id", sa.UUID(), nullable=True),
        sa.Column("txid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["core_evidence.id"], name=op.f("fk_core_journal_entry_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["core_accounting_period.id"], name=op.f("fk_core_journal_entry_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["core_journal_entry.id"], name=op.f("fk_core_journal_entry_reverses_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_journal_entry_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_journal_entry")),
        sa.UniqueConstraint("school_id", "source", name=op.f("uq_core_journal_entry_school_id_source")),
    )
    op.create_index(
        "ix_core_journal_entry_booked", "core_journal_entry", ["school_id", "booked_at"], unique=False
    )
    op.create_index(
        "ix_core_journal_entry_evidence",
        "core_journal_entry",
        ["evidence_id"],
        unique=False,
        postgresql_where="evidence_id IS NOT NULL",
    )
    op.create_index("ix_core_journal_entry_period", "core_journal_entry", ["period_id"], unique=False)
    op.create_table(
        "core_refund",
        sa.Column("attempt_id", sa.UUID(), nullable=False),
        sa.Column("evidence_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approver_name", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("provider_txn", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'rejected', 'approved', 'sent', 'done', 'failed', 'unknown')",
            name=op.f("ck_core_refund_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_core_refund_amount")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by", name=op.f("ck_core_refund_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["core_payment_attempt.id"], name=op.f("fk_core_refund_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["core_evidence.id"], name=op.f("fk_core_refund_evidence_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=op.f("fk_core_refund_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_refund_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_refund")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_core_refund_school_id_key")),
    )
    op.create_index("ix_core_refund_attempt", "core_refund", ["school_id", "attempt_id"], unique=False)
    op.create_table(
        "core_posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("charge_id", sa.UUID(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_core_posting_amount")),
        sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=op.f("fk_core_posting_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_posting")),
    )
    op.create_index(
        "ix_core_posting_charge",
        "core_posting",
        ["charge_id"],
        unique=False,
        postgresql_where="charge_id IS NOT NULL",
    )
    op.create_index("ix_core_posting_entry", "core_posting", ["entry_id"], unique=False)
    op.create_index(
        "ix_core_posting_person",
        "core_posting",
        ["school_id", "person_id", "id"],
        unique=False,
        postgresql_where="person_id IS NOT NULL",
    )
    # ### end Alembic commands ###

    for statement in school_rights("core_accounting_period"):
        op.execute(statement)
    for statement in school_rights("core_ledger_balance"):
        op.execute(statement)
    for statement in school_rights("core_payment_channel"):
        op.execute(statement)
    for statement in school_rights("core_notice_refusal"):
        op.execute(statement)
    for statement in school_rights("core_payment_reference", append_only=True):
        op.execute(statement)
    for statement in school_rights("core_provider_inbox"):
        op.execute(statement)
    for statement in school_rights("core_charge"):
        op.execute(statement)
    for statement in school_rights("core_payment_attempt"):
        op.execute(statement)
    for statement in school_rights("core_evidence", append_only=True):
        op.execute(statement)
    for statement in school_rights("core_exception_case"):
        op.execute(statement)
    for statement in school_rights("core_journal_entry", append_only=True):
        op.execute(statement)
    for statement in school_rights("core_refund"):
        op.execute(statement)
    for statement in school_rights("core_posting", append_only=True):
        op.execute(statement)

    for statement in GUARDS:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNGUARD:
        op.execute(statement)
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_index(
        "ix_core_posting_person", table_name="core_posting", postgresql_where="person_id IS NOT NULL"
    )
    op.drop_index("ix_core_posting_entry", table_name="core_posting")
    op.drop_index(
        "ix_core_posting_charge", table_name="core_posting", postgresql_where="charge_id IS NOT NULL"
    )
    op.drop_table("core_posting")
    op.drop_index("ix_core_refund_attempt", table_name="core_refund")
    op.drop_table("core_refund")
    op.drop_index("ix_core_journal_entry_period", table_name="core_journal_entry")
    op.drop_index(
        "ix_core_journal_entry_evidence",
        table_name="core_journal_entry",
        postgresql_where="evidence_id IS NOT NULL",
    )
    op.drop_index("ix_core_journal_entry_booked", table_name="core_journal_entry")
    op.drop_table("core_journal_entry")
    op.drop_index(
        "ix_core_exception_case_open", table_name="core_exception_case", postgresql_where="state = 'open'"
    )
    op.drop_table("core_exception_case")
    op.drop_index(
        "ix_core_evidence_attempt", table_name="core_evidence", postgresql_where="attempt_id IS NOT NULL"
    )
    op.drop_table("core_evidence")
    op.drop_index("ix_core_payment_attempt_person", table_name="core_payment_attempt")
    op.drop_index(
        "ix_core_payment_attempt_expiry", table_name="core_payment_attempt", postgresql_where="NOT expired"
    )
    op.drop_table("core_payment_attempt")
    op.drop_index("ix_core_charge_person", table_name="core_charge")
    op.drop_index("ix_core_charge_open", table_name="core_charge", postgresql_where="state = 'open'")
    op.drop_table("core_charge")
    op.drop_index(
        "ix_core_provider_inbox_open", table_name="core_provider_inbox", postgresql_where="state = 'received'"
    )
    op.drop_table("core_provider_inbox")
    op.drop_index("ix_core_payment_reference_target", table_name="core_payment_reference")
    op.drop_table("core_payment_reference")
    op.drop_table("core_notice_refusal")
    op.drop_index("ix_core_payment_channel_school", table_name="core_payment_channel")
    op.drop_table("core_payment_channel")
    op.drop_index(
        "ix_core_ledger_balance_owed", table_name="core_ledger_balance", postgresql_where="amount <> 0"
    )
    op.drop_table("core_ledger_balance")
    op.drop_index(
        "uq_core_accounting_period_open",
        table_name="core_accounting_period",
        postgresql_where="state = 'open'",
    )
    op.drop_table("core_accounting_period")
    # ### end Alembic commands ###
