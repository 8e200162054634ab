"""who is told

Moves "is told by the school" into the core's relation, where messages go by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RIGHTS = "learners_contact_right"
MOVE = """
UPDATE core_relation r SET may_be_told = false FROM learners_contact_right c
 WHERE c.learner_id = r.related_id AND c.person_id = r.person_id AND NOT c.may_be_told
"""
MOVE_BACK = """
UPDATE learners_contact_right c SET may_be_told = false FROM core_relation r
 WHERE c.learner_id = r.related_id AND c.person_id = r.person_id AND NOT r.may_be_told
"""


def upgrade() -> None:
    op.execute(MOVE)
    op.drop_column(RIGHTS, "may_be_told")


def downgrade() -> None:
    op.add_column(RIGHTS, sa.Column("may_be_told", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.execute(MOVE_BACK)
    op.alter_column(RIGHTS, "may_be_told", server_default=None)
