"""invitations

revision: a person sets the first password by a link; accounts are found without accents
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.collate import sort_key
from core.data.ddl import APP_ROLE
from core.data.fold import fold

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_account", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.add_column("core_account", sa.Column("sort_key", sa.Text(collation="C"), server_default="", nullable=False))
    op.add_column("core_account", sa.Column("invitation_id", sa.Uuid(), nullable=True))
    op.add_column("core_account", sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_core_account_invitation_id"), "core_account", ["invitation_id"])
    op.execute(f"GRANT SELECT (search_text, sort_key, invitation_id, invited_until) ON core_account TO {APP_ROLE}")
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT id, name, login FROM core_account")).all()
    for account in known:
        values = {
            "id": account.id,
            "text": fold(f"{account.name} {account.login}"),
            "key": sort_key(account.name),
        }
        connection.execute(
            sa.text("UPDATE core_account SET search_text = :text, sort_key = :key WHERE id = :id"), values
        )


def downgrade() -> None:
    op.drop_column("core_account", "invited_until")
    op.drop_column("core_account", "invitation_id")
    op.drop_column("core_account", "sort_key")
    op.drop_column("core_account", "search_text")
