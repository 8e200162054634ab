"""who is told

Whether the school sends messages about a child to a guardian stands beside whether the guardian may see the record.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "core_relation", sa.Column("may_be_told", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("core_relation", "may_be_told")
