"""walls

revision: the check of new bills never looks into temporary tables first
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER FUNCTION finance_bill_check() SET search_path = pg_catalog, public, pg_temp")


def downgrade() -> None:
    op.execute("ALTER FUNCTION finance_bill_check() SET search_path = public")
