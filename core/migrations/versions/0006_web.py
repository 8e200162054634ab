"""web

revision: answered requests by Idempotency-Key
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.ddl import school_rights

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_idempotency_key",
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_idempotency_key_school_id")),
        sa.PrimaryKeyConstraint(
            "school_id", "account_id", "request", "key", name=op.f("pk_core_idempotency_key")
        ),
    )
    op.create_index(op.f("ix_core_idempotency_key_created_at"), "core_idempotency_key", ["created_at"])
    for statement in school_rights("core_idempotency_key"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("core_idempotency_key")
