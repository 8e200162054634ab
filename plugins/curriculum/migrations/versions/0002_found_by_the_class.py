"""found by the class

revision: deleting a class finds those who led it by an index
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_curriculum_homeroom_class", "curriculum_homeroom", ["school_id", "class_id"])


def downgrade() -> None:
    op.drop_index("ix_curriculum_homeroom_class", table_name="curriculum_homeroom")
