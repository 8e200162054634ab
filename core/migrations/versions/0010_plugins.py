"""plugins

revision: what the installation remembers of plugins
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_plugin",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_plugin")),
    )
    op.execute(f"GRANT SELECT ON core_plugin TO {APP_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON core_plugin TO {SYSTEM_ROLE}")


def downgrade() -> None:
    op.drop_table("core_plugin")
