"""pupils of a school

revision: the unique index of codes covers pupils without a code, so that counting a school reads no other one
"""

from __future__ import annotations

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_learners_learner_code", table_name="learners_learner")
    op.create_index("uq_learners_learner_code", "learners_learner", ["school_id", "code"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_learners_learner_code", table_name="learners_learner")
    op.create_index(
        "uq_learners_learner_code",
        "learners_learner",
        ["school_id", "code"],
        unique=True,
        postgresql_where="code IS NOT NULL",
    )
