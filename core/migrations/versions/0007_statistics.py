"""statistics

revision: the application may refresh the planner's statistics
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Only the owner of a table may ANALYZE it, and the right MAINTAIN would also let the application reindex and lock.
# A table that somebody else is analysing at this moment is skipped: its statistics are fresh in a moment anyway.
FUNCTION = """
CREATE FUNCTION core_refresh_statistics(tables regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE one regclass;
BEGIN
  FOREACH one IN ARRAY tables LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', one);
  END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION core_refresh_statistics(regclass[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core_refresh_statistics(regclass[]) TO {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION core_refresh_statistics(regclass[])")
