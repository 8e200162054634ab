"""centres of continuing education are schools too"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BEFORE = "'preschool', 'primary', 'lower_secondary', 'upper_secondary'"


def upgrade() -> None:
    _allow(f"{_BEFORE}, 'continuing'")


def downgrade() -> None:
    _allow(_BEFORE)


def _allow(levels: str) -> None:
    op.drop_constraint(op.f("ck_core_school_level"), "core_school", type_="check")
    op.create_check_constraint(op.f("ck_core_school_level"), "core_school", f"level IN ({levels})")
