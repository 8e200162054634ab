"""job_done

revision: the end of a job that went well, so that it fits into one message with its commit
"""

from __future__ import annotations

from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Only running jobs have a `leased_by`; naming the state too would lead the planner into the index of all running jobs.
FUNCTION = """
CREATE FUNCTION core_job_done(job uuid, worker uuid, try int, moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core_job SET state = 'done', leased_by = NULL, lease_until = NULL, error = NULL,
         finished_at = COALESCE(moment, statement_timestamp())
   WHERE id = job AND leased_by = worker AND tries = try;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of this job was lost' USING ERRCODE = 'TJ001';
  END IF;
END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION core_job_done(uuid, uuid, int, timestamptz) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core_job_done(uuid, uuid, int, timestamptz) TO {APP_ROLE}, {SYSTEM_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION core_job_done(uuid, uuid, int, timestamptz)")
