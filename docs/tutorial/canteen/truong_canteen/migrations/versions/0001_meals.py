"""meals and registrations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.sdk.migrations import school_rights

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canteen_meal",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("school_id", sa.Uuid(), sa.ForeignKey("core_school.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dish", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price >= 0", name="price"),
    )
    op.create_index("ix_canteen_meal_day", "canteen_meal", ["school_id", "day"])
    op.create_table(
        "canteen_registration",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("school_id", sa.Uuid(), sa.ForeignKey("core_school.id"), nullable=False),
        sa.Column("meal_id", sa.Uuid(), sa.ForeignKey("canteen_meal.id", ondelete="CASCADE"), nullable=False),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("core_person.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("meal_id", "person_id"),
    )
    op.create_index("ix_canteen_registration_person", "canteen_registration", ["school_id", "person_id"])
    for table in ("canteen_meal", "canteen_registration"):
        for statement in school_rights(table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("canteen_registration")
    op.drop_table("canteen_meal")
