"""role of workers

Workers sign in as a role of their own. Only it sees the jobs of all schools outside of a school; the role of web servers
is left with those of the school that it stands in.
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, WORKER_ROLE

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MINE = "school_id = core_current_school()"
NOWHERE = "core_current_school() IS NULL"
# Roles belong to the server, so a migration cannot make them; say what to do instead of "role does not exist".
ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WORKER_ROLE}') THEN
    RAISE EXCEPTION 'the role {WORKER_ROLE} is missing: run the SQL of `truong db roles` as superuser first';
  END IF;
END $$
"""


def upgrade() -> None:
    op.execute(ROLE)
    op.execute(f"ALTER POLICY school ON core_job USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY jobs_of_all ON core_job TO {WORKER_ROLE} USING ({NOWHERE}) WITH CHECK ({NOWHERE})")


def downgrade() -> None:
    before = f"{NOWHERE} OR {MINE}"
    op.execute("DROP POLICY jobs_of_all ON core_job")
    op.execute(f"ALTER POLICY school ON core_job TO {APP_ROLE} USING ({before}) WITH CHECK ({before})")
