"""found by the pupil

revision: deleting a pupil finds its merges by an index
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_learners_merge_kept", "learners_merge", ["kept_id"])


def downgrade() -> None:
    op.drop_index("ix_learners_merge_kept", table_name="learners_merge")
