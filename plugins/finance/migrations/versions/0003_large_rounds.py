"""large rounds

revision: the round of new bills is checked once a statement, and a round is never deleted
"""

from __future__ import annotations

from alembic import op

from core.sdk.migrations import APP_ROLE, SYSTEM_ROLE

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECK = """
CREATE FUNCTION finance_bill_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT round_id, school_id FROM added) a
             LEFT JOIN finance_round r ON r.id = a.round_id WHERE r.id IS NULL OR r.school_id <> a.school_id) THEN
    RAISE EXCEPTION 'a bill names a round that is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.drop_constraint("fk_finance_bill_round_id", "finance_bill", type_="foreignkey")
    op.execute(CHECK)
    op.execute(
        "CREATE TRIGGER round AFTER INSERT ON finance_bill REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION finance_bill_check()"
    )
    op.execute(f"REVOKE DELETE ON finance_round FROM {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade() -> None:
    op.execute(f"GRANT DELETE ON finance_round TO {APP_ROLE}, {SYSTEM_ROLE}")
    op.execute("DROP TRIGGER round ON finance_bill")
    op.execute("DROP FUNCTION finance_bill_check")
    op.create_foreign_key("fk_finance_bill_round_id", "finance_bill", "finance_round", ["round_id"], ["id"])
