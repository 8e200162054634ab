"""messages to people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import school_rights

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_message",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_core_message_whom")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_account.id"], name=op.f("fk_core_message_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_message_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_message_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message")),
    )
    op.create_index("ix_core_message_account", "core_message", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_core_message_batch", "core_message", ["batch"], unique=False, postgresql_where="batch IS NOT NULL"
    )
    op.create_index("ix_core_message_person", "core_message", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_core_message_key",
        "core_message",
        ["school_id", "key", "person_id", "account_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="key IS NOT NULL",
    )
    op.create_table(
        "core_message_choice",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_account.id"], name=op.f("fk_core_message_choice_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_message_choice_school_id")),
        sa.PrimaryKeyConstraint("school_id", "account_id", "channel", name=op.f("pk_core_message_choice")),
    )
    op.create_table(
        "core_message_delivery",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'delivered', 'read', 'declined', 'failed')",
            name=op.f("ck_core_message_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["core_message.id"], name=op.f("fk_core_message_delivery_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_message_delivery_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message_delivery")),
    )
    op.create_index("uq_core_message_delivery_message", "core_message_delivery", ["message_id", "channel"], unique=True)
    op.create_index(
        "uq_core_message_delivery_reference",
        "core_message_delivery",
        ["school_id", "channel", "reference"],
        unique=True,
    )

    for statement in school_rights("core_message"):
        op.execute(statement)
    for statement in school_rights("core_message_choice"):
        op.execute(statement)
    for statement in school_rights("core_message_delivery"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("uq_core_message_delivery_reference", table_name="core_message_delivery")
    op.drop_index("uq_core_message_delivery_message", table_name="core_message_delivery")
    op.drop_table("core_message_delivery")
    op.drop_table("core_message_choice")
    op.drop_index(
        "uq_core_message_key",
        table_name="core_message",
        postgresql_nulls_not_distinct=True,
        postgresql_where="key IS NOT NULL",
    )
    op.drop_index("ix_core_message_person", table_name="core_message")
    op.drop_index("ix_core_message_batch", table_name="core_message", postgresql_where="batch IS NOT NULL")
    op.drop_index("ix_core_message_account", table_name="core_message")
    op.drop_table("core_message")
