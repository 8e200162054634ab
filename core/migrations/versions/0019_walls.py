"""walls

revision: jobs stand behind the wall of their school; functions of the owner never look into temporary tables first
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The worker's own connections stand in no school; whoever stands in one reaches its jobs only.
MINE = "core_current_school() IS NULL OR school_id = core_current_school()"
# Without pg_temp at the end PostgreSQL looks there first: a temporary table could take the place of a real one.
DEFINERS = """
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
           AND pg_get_userbyid(proowner) = current_user LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
  END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE core_job ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY school ON core_job TO {APP_ROLE} USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everything ON core_job TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)")
    op.get_bind().exec_driver_sql(DEFINERS.replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP POLICY everything ON core_job")
    op.execute("DROP POLICY school ON core_job")
    op.execute("ALTER TABLE core_job DISABLE ROW LEVEL SECURITY")
