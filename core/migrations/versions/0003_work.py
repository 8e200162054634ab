"""background work"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import rights

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_schedule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_schedule")),
    )
    op.create_table(
        "core_job",
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("actor", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("leased_by", sa.UUID(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cancelling", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("done_n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "(state = 'running') = (leased_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_core_job_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_core_job_state")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_job_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job")),
    )
    op.create_index(
        "ix_core_job_due",
        "core_job",
        ["run_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_core_job_finished",
        "core_job",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_core_job_lease",
        "core_job",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_core_job_school",
        "core_job",
        ["school_id", "id"],
        unique=False,
        postgresql_where=sa.text("school_id IS NOT NULL"),
    )
    op.create_index(
        "uq_core_job_key",
        "core_job",
        ["task", "key", "school_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'waiting' AND key IS NOT NULL"),
    )

    # Tables of the installation: the worker serves all schools. Pages are held to their school by core.work.status.
    for table in ("core_schedule", "core_job"):
        for statement in rights(table):
            op.execute(statement)
    # Each job is updated a few times in its short life: sweep early, so that looking for work stays quick.
    op.execute(
        "ALTER TABLE core_job SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_core_job_key",
        table_name="core_job",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'waiting' AND key IS NOT NULL"),
    )
    op.drop_index(
        "ix_core_job_school", table_name="core_job", postgresql_where=sa.text("school_id IS NOT NULL")
    )
    op.drop_index("ix_core_job_lease", table_name="core_job", postgresql_where=sa.text("state = 'running'"))
    op.drop_index(
        "ix_core_job_finished", table_name="core_job", postgresql_where=sa.text("finished_at IS NOT NULL")
    )
    op.drop_index("ix_core_job_due", table_name="core_job", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("core_job")
    op.drop_table("core_schedule")
