"""settlement lines

Lines of statements without foreign keys, as postings: what they name is never deleted. And a running total that a
statement does not change is not written: what comes in and pays a charge at once leaves a person's balance as it was.
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEYS = ("evidence_id", "file_id", "payout_id", "school_id")
_BEFORE = "GROUP BY school_id, account, person_id ORDER BY person_id, account)"
_AFTER = "GROUP BY school_id, account, person_id HAVING sum(amount) <> 0 ORDER BY person_id, account)"


def _replace(before: str, after: str) -> str:
    """The function on postings with other words in the place of these, which must be there once."""
    return f"""
DO $do$
DECLARE source text := pg_get_functiondef('core_posting_apply'::regproc);
BEGIN
  IF position('{before}' IN source) = 0 THEN
    RAISE EXCEPTION 'core_posting_apply is not as expected';
  END IF;
  EXECUTE replace(source, '{before}', '{after}');
END $do$
"""


def upgrade() -> None:
    for key in _KEYS:
        op.drop_constraint(f"fk_core_settlement_line_{key}", "core_settlement_line", type_="foreignkey")
    op.execute(_replace(_BEFORE, _AFTER))


def downgrade() -> None:
    op.execute(_replace(_AFTER, _BEFORE))
    tables = {"evidence_id": "core_evidence", "file_id": "core_settlement_file", "payout_id": "core_journal_entry"}
    for key, table in (tables | {"school_id": "core_school"}).items():
        op.create_foreign_key(f"fk_core_settlement_line_{key}", "core_settlement_line", table, [key], ["id"])
