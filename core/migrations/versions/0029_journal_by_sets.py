# ruff: noqa: S608  (constant parts)
"""journal by sets

What eight foreign keys and a deferred trigger asked for each row of evidence and of the journal is asked once a
statement, and more sharply: what is named belongs to the same school.
"""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_HEAD = """RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$"""

# Subqueries that stay subqueries: a plan that was made for one row is right for a hundred thousand, and the other way.
EVIDENCE = f"""
CREATE FUNCTION core_evidence_check() {_HEAD}
BEGIN
  IF (SELECT count(*) FROM (SELECT FROM core_payment_channel c
                             WHERE (c.id, c.school_id) IN (SELECT channel_id, school_id FROM added)
                               FOR KEY SHARE) there)
     < (SELECT count(*) FROM (SELECT DISTINCT channel_id, school_id FROM added) named) THEN
    RAISE EXCEPTION 'evidence names a channel that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (SELECT FROM added a WHERE
       (a.attempt_id IS NOT NULL AND a.school_id IS DISTINCT FROM
         (SELECT t.school_id FROM core_payment_attempt t WHERE t.id = a.attempt_id))
    OR (a.inbox_id IS NOT NULL AND a.school_id IS DISTINCT FROM
         (SELECT i.school_id FROM core_provider_inbox i WHERE i.id = a.inbox_id))) THEN
    RAISE EXCEPTION 'evidence names an attempt or a message that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""

# Each statement that posts leaves its entries at zero (core_posting_apply), so an entry with a posting is balanced.
# Whoever closes a period waits for the locks of those who book in it, or they for the closing, and see it here.
JOURNAL = f"""
CREATE FUNCTION core_journal_check() {_HEAD}
BEGIN
  IF (SELECT count(*) FROM (SELECT FROM core_accounting_period p
                             WHERE (p.id, p.school_id) IN (SELECT period_id, school_id FROM added) AND p.state = 'open'
                               FOR KEY SHARE) there)
     < (SELECT count(*) FROM (SELECT DISTINCT period_id, school_id FROM added) named) THEN
    RAISE EXCEPTION 'the accounting period is closed' USING ERRCODE = 'serialization_failure';
  END IF;
  IF EXISTS (SELECT FROM added a WHERE (SELECT p.id FROM core_posting p WHERE p.entry_id = a.id LIMIT 1) IS NULL) THEN
    RAISE EXCEPTION 'an entry is not balanced: it has no postings' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM added a WHERE
       (a.evidence_id IS NOT NULL AND a.school_id IS DISTINCT FROM
         (SELECT e.school_id FROM core_evidence e WHERE e.id = a.evidence_id))
    OR (a.reverses_id IS NOT NULL AND a.school_id IS DISTINCT FROM
         (SELECT e.school_id FROM core_journal_entry e WHERE e.id = a.reverses_id))) THEN
    RAISE EXCEPTION 'an entry names what is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""

# The other side. Attempts, messages, periods, evidence and entries are never deleted (0004); schools keep channels.
CHANNELS = f"""
CREATE FUNCTION core_payment_channel_keep() {_HEAD}
BEGIN
  IF EXISTS (SELECT FROM removed r JOIN core_evidence e ON e.channel_id = r.id) THEN
    RAISE EXCEPTION 'a channel has evidence' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""
TRIGGERS = (
    ("named", "core_evidence", "INSERT", "NEW TABLE AS added", "core_evidence_check"),
    ("named", "core_journal_entry", "INSERT", "NEW TABLE AS added", "core_journal_check"),
    ("keep_evidence", "core_payment_channel", "DELETE", "OLD TABLE AS removed", "core_payment_channel_keep"),
)
KEYS = (
    ("core_evidence", "attempt_id", "core_payment_attempt"),
    ("core_evidence", "channel_id", "core_payment_channel"),
    ("core_evidence", "inbox_id", "core_provider_inbox"),
    ("core_evidence", "school_id", "core_school"),
    ("core_journal_entry", "evidence_id", "core_evidence"),
    ("core_journal_entry", "period_id", "core_accounting_period"),
    ("core_journal_entry", "reverses_id", "core_journal_entry"),
    ("core_journal_entry", "school_id", "core_school"),
)


def upgrade() -> None:
    for table, column, _parent in KEYS:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.execute("DROP TRIGGER balanced ON core_journal_entry")  # its function stays for the way back
    for function in (EVIDENCE, JOURNAL, CHANNELS):
        op.execute(function)
    for name, table, verb, rows, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON {table} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    for name, table, _verb, _rows, function in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {function}")
    op.execute(
        "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON core_journal_entry DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION core_journal_entry_check()"
    )
    for table, column, parent in KEYS:
        op.create_foreign_key(f"fk_{table}_{column}", table, parent, [column], ["id"])
