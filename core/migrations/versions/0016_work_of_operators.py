"""work of operators

revision: pauses of modules, workers that say they are there, the request that a job belongs to
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.ddl import rights

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_work_pause",
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("paused_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("module", name=op.f("pk_core_work_pause")),
    )
    op.create_table(
        "core_worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("threads", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_worker")),
    )
    op.create_index(op.f("ix_core_worker_seen_at"), "core_worker", ["seen_at"])
    op.add_column("core_job", sa.Column("request_id", sa.Text(), nullable=True))
    op.create_index("ix_core_job_failed", "core_job", ["id"], postgresql_where=sa.text("state = 'failed'"))
    for table in ("core_work_pause", "core_worker"):
        for statement in rights(table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_core_job_failed", table_name="core_job")
    op.drop_column("core_job", "request_id")
    op.drop_index(op.f("ix_core_worker_seen_at"), table_name="core_worker")
    op.drop_table("core_worker")
    op.drop_table("core_work_pause")
