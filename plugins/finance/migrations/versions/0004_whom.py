"""whom

revision: whoever deletes persons is asked for each of them by these foreign keys
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("finance_exemption", "finance_exception")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_whom", table, ["person_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_whom", table_name=table)
