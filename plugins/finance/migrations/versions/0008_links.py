"""links that can be ended, links for others, printed notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.sdk.migrations import school_rights

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "finance_link_stop",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stops", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_by", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("stops > 0", name=op.f("ck_finance_link_stop_stops")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_finance_link_stop_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_finance_link_stop_school_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_finance_link_stop")),
    )
    op.create_table(
        "finance_share",
        sa.Column("bills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_finance_share_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_share")),
    )
    op.create_index("ix_finance_share_made", "finance_share", ["school_id", "made_at"], unique=False)
    op.create_table(
        "finance_notice_print",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("class_name", sa.Text(), nullable=False),
        sa.Column("by_family", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sheets", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["core_file.id"], name=op.f("fk_finance_notice_print_file_id")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["finance_round.id"], name=op.f("fk_finance_notice_print_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_finance_notice_print_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_notice_print")),
    )
    op.create_index("ix_finance_notice_print_round", "finance_notice_print", ["round_id", "made_at"], unique=False)
    op.create_table(
        "finance_payer",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_finance_payer_school_id")),
        sa.ForeignKeyConstraint(["share_id"], ["finance_share.id"], name=op.f("fk_finance_payer_share_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_finance_payer")),
    )
    op.create_index(
        "ix_finance_payer_share", "finance_payer", ["share_id"], unique=False, postgresql_where="share_id IS NOT NULL"
    )

    for statement in school_rights("finance_link_stop"):
        op.execute(statement)
    for statement in school_rights("finance_share"):
        op.execute(statement)
    for statement in school_rights("finance_notice_print"):
        op.execute(statement)
    for statement in school_rights("finance_payer"):
        op.execute(statement)


def downgrade() -> None:

    op.drop_index("ix_finance_payer_share", table_name="finance_payer", postgresql_where="share_id IS NOT NULL")
    op.drop_table("finance_payer")
    op.drop_index("ix_finance_notice_print_round", table_name="finance_notice_print")
    op.drop_table("finance_notice_print")
    op.drop_index("ix_finance_share_made", table_name="finance_share")
    op.drop_table("finance_share")
    op.drop_table("finance_link_stop")
