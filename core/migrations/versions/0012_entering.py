"""entering

revision: a page that is read begins its transaction with the question who is asking
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TOUCH = "UPDATE public.core_session SET last_seen_at = p_now WHERE id = s.id AND last_seen_at < p_touch_before;"
# The transaction of a page may last, and another page of the same person must not wait for it.
TOUCH_IF_FREE = """UPDATE public.core_session SET last_seen_at = p_now WHERE id = (
      SELECT id FROM public.core_session WHERE id = s.id AND last_seen_at < p_touch_before FOR UPDATE SKIP LOCKED);"""
SOURCE = "SELECT pg_get_functiondef('core_session_resolve'::regproc)"
# One value for one message; the school's wall of this transaction stands before anything else is read.
ENTER = """
CREATE FUNCTION core_session_enter(p_hash bytea, p_now timestamptz, p_idle_since timestamptz, p_touch_before timestamptz)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE found jsonb;
BEGIN
  SELECT to_jsonb(r) INTO found
    FROM core_session_resolve(p_hash, p_now, p_idle_since, p_touch_before) r;
  PERFORM set_config('app.school_id', coalesce(found ->> 'school_id', ''), true);
  RETURN found;
END $$
"""


def upgrade() -> None:
    source: str = op.get_bind().exec_driver_sql(SOURCE).scalar_one()
    op.get_bind().exec_driver_sql(source.replace(TOUCH, TOUCH_IF_FREE).replace("%", "%%"))
    op.execute(ENTER)
    op.execute("REVOKE EXECUTE ON FUNCTION core_session_enter FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core_session_enter TO {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION core_session_enter")
    source: str = op.get_bind().exec_driver_sql(SOURCE).scalar_one()
    op.get_bind().exec_driver_sql(source.replace(TOUCH_IF_FREE, TOUCH).replace("%", "%%"))
