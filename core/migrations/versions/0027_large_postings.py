"""large postings

Running totals of persons for a whole round: found totals are changed and missing ones made in one go each. Asking row
by row whether one is there (ON CONFLICT) costs as much again as the row.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_HEAD = """
CREATE OR REPLACE FUNCTION core_posting_apply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE overdrawn text;
BEGIN
  IF EXISTS (SELECT FROM added GROUP BY entry_id HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'the postings of an entry do not sum to zero' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM (SELECT DISTINCT entry_id, school_id FROM added) a
             LEFT JOIN core_journal_entry e ON e.id = a.entry_id
             WHERE e.id IS NULL OR e.txid <> pg_current_xact_id() OR e.school_id <> a.school_id) THEN
    RAISE EXCEPTION 'a finished entry takes no more postings' USING ERRCODE = 'restrict_violation';
  END IF;
  -- Set-based in place of foreign keys: three checks a row would double the time of a large round.
  IF EXISTS (SELECT FROM added a LEFT JOIN core_charge c ON c.id = a.charge_id
             WHERE a.charge_id IS NOT NULL AND (c.id IS NULL OR c.person_id IS DISTINCT FROM a.person_id
                                                OR c.school_id <> a.school_id)) THEN
    RAISE EXCEPTION 'a posting names a charge that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
"""
_EACH = """
  WITH written AS (
    INSERT INTO core_ledger_balance AS b (school_id, account, person_id, shard, amount)
    SELECT school_id, account, coalesce(person_id, '00000000-0000-0000-0000-000000000000'),
           CASE WHEN person_id IS NULL THEN pg_backend_pid() % 16 ELSE 0 END, sum(amount)
      FROM added{where} GROUP BY school_id, account, person_id
     ORDER BY person_id NULLS LAST, account
    ON CONFLICT (school_id, account, person_id, shard) DO UPDATE SET amount = b.amount + EXCLUDED.amount
    RETURNING account, amount)
  SELECT account INTO overdrawn FROM written
   WHERE (account = 'student_balance' AND amount > 0) OR (account = 'receivable:student' AND amount < 0) LIMIT 1;
  IF overdrawn IS NOT NULL THEN
    RAISE EXCEPTION '% would fall below zero', overdrawn USING ERRCODE = 'check_violation';
  END IF;
"""
# A total that a statement does not change is not written: what comes in and pays a charge at once leaves it as it was.
# Whoever posts for many holds the locks of these persons. Should somebody not, the unique key refuses the second of two
# who make the same total, and the whole statement with it: nothing is ever added to a total that was not read.
_MANY = """
  IF (SELECT count(*) FROM added) > 2000 THEN
    WITH wanted AS MATERIALIZED (
      SELECT school_id, account, person_id, sum(amount) AS amount FROM added WHERE person_id IS NOT NULL
       GROUP BY school_id, account, person_id HAVING sum(amount) <> 0 ORDER BY person_id, account),
    changed AS (
      UPDATE core_ledger_balance b SET amount = b.amount + w.amount FROM wanted w
       WHERE b.school_id = w.school_id AND b.account = w.account AND b.person_id = w.person_id AND b.shard = 0
      RETURNING b.school_id, b.account, b.person_id, b.amount),
    made AS (
      INSERT INTO core_ledger_balance (school_id, account, person_id, shard, amount)
      SELECT w.school_id, w.account, w.person_id, 0, w.amount FROM wanted w
       WHERE NOT EXISTS (SELECT FROM changed c WHERE c.school_id = w.school_id AND c.account = w.account
                                                 AND c.person_id = w.person_id)
      RETURNING account, amount)
    SELECT account INTO overdrawn
      FROM (SELECT account, amount FROM changed UNION ALL SELECT account, amount FROM made) written
     WHERE (account = 'student_balance' AND amount > 0) OR (account = 'receivable:student' AND amount < 0) LIMIT 1;
    IF overdrawn IS NOT NULL THEN
      RAISE EXCEPTION '% would fall below zero', overdrawn USING ERRCODE = 'check_violation';
    END IF;
{rest}
    RETURN NULL;
  END IF;
"""
_TAIL = """
  RETURN NULL;
END $$
"""
BEFORE = _HEAD + _EACH.format(where="") + _TAIL
NOW = _HEAD + _MANY.format(rest=_EACH.format(where=" WHERE person_id IS NULL")) + _EACH.format(where="") + _TAIL


def upgrade() -> None:
    op.execute(NOW)


def downgrade() -> None:
    op.execute(BEFORE)
