"""providers of schools

An identity belongs to the provider's owner: a school's own is kept apart from all others, and its sessions end when the
account comes to reach further than that school.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "core_external_identity"
OLD = "uq_core_external_identity_issuer_subject"
NEW = "uq_core_external_identity_school_id_issuer_subject"
FOREIGN = "fk_core_external_identity_school_id"
# The lock waits for a sign-in that is just looking where the account reaches, and makes the next one wait.
FUNCTION = """
CREATE FUNCTION core_reach_grows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM core_account WHERE id = NEW.account_id FOR KEY SHARE;
  UPDATE core_session s SET revoked_at = clock_timestamp()
  FROM core_oidc_session o JOIN core_external_identity i ON i.id = o.identity_id
  WHERE i.account_id = NEW.account_id AND i.school_id IS NOT NULL
    AND i.school_id IS DISTINCT FROM CAST(to_jsonb(NEW) ->> 'school_id' AS uuid)
    AND o.session_id = s.id AND s.revoked_at IS NULL;
  RETURN NULL;
END $$
"""
TABLES = ("core_grant", "core_account_person", "core_oversight")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("school_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(FOREIGN, TABLE, "core_school", ["school_id"], ["id"])
    op.drop_constraint(OLD, TABLE, type_="unique")
    op.create_unique_constraint(
        NEW, TABLE, ["school_id", "issuer", "subject"], postgresql_nulls_not_distinct=True
    )  # fmt: skip
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_reach AFTER INSERT OR UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION core_reach_grows()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_reach ON {table}")
    op.execute("DROP FUNCTION core_reach_grows()")
    op.execute("DELETE FROM core_external_identity WHERE school_id IS NOT NULL")  # nobody could tell them apart
    op.drop_constraint(NEW, TABLE, type_="unique")
    op.drop_constraint(FOREIGN, TABLE, type_="foreignkey")
    op.drop_column(TABLE, "school_id")
    op.create_unique_constraint(OLD, TABLE, ["issuer", "subject"])
