"""documents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.ddl import school_rights

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_core_file_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_core_file_size")),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_file_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_file")),
    )
    op.create_index(
        "uq_core_file_content",
        "core_file",
        ["school_id", "sha256", "purpose", "name", "media_type"],
        unique=True,
    )

    for statement in school_rights("core_file"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("uq_core_file_content", table_name="core_file")
    op.drop_table("core_file")
