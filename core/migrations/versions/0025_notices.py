"""notices

A message of a payment service begins its transaction with the question whose channel it came to.
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Runs as the owner: the address says which channel it is, and the channel to which school it belongs.
FIND = """
CREATE FUNCTION core_notice_channel(p_channel uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT to_jsonb(c) FROM (
    SELECT id, school_id, provider, label, enabled, position, fee_fixed, fee_per_mille, account, rail, merchant, config,
           secrets
      FROM public.core_payment_channel WHERE id = p_channel) c
$$
"""
# One value for one message; the school's wall of this transaction stands before anything else is read.
ENTER = """
CREATE FUNCTION core_notice_enter(p_channel uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE found jsonb := core_notice_channel(p_channel);
BEGIN
  PERFORM set_config('app.school_id', coalesce(found ->> 'school_id', ''), true);
  RETURN found;
END $$
"""


def upgrade() -> None:
    for function in (FIND, ENTER):
        op.execute(function)
    for name in ("core_notice_channel", "core_notice_enter"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION core_notice_enter, core_notice_channel")
