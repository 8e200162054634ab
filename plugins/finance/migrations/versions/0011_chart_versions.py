"""numbers of accounts of a school, dated and checked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.sdk.migrations import school_rights

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finance_chart_edition",
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("accounts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("checked_by <> ''", name=op.f("ck_finance_chart_edition_checked")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_finance_chart_edition_school_id_core_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_chart_edition")),
        sa.UniqueConstraint(
            "school_id", "chart", "valid_from", "made_at", name=op.f("uq_finance_chart_edition_school_id_chart_valid_from_made_at")
        ),
    )
    for statement in school_rights("finance_chart_edition"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("finance_chart_edition")
