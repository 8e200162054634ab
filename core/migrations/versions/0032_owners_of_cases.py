"""cases have somebody who looks after them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_exception_case", sa.Column("owner", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("core_exception_case", "owner")
