"""columns of statement files, by account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.sdk.migrations import school_rights

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finance_statement_columns",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_finance_statement_columns_school_id_core_school")
        ),
        sa.PrimaryKeyConstraint("school_id", "account", name=op.f("pk_finance_statement_columns")),
    )
    for statement in school_rights("finance_statement_columns"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("finance_statement_columns")
