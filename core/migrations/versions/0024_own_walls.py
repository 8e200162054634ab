"""own walls

Who holds which role, and who an account is, stand behind the wall of the school; what is asked across schools is one
bit. And two records of a person that were made one leave a trace, so that what names the older one is found.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, school_rights

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("core_grant", "core_account_person")
MERGED = "core_person_merged"
# Runs as the owner and looks across schools; whoever asks learns no school and no role.
FUNCTION = """
CREATE FUNCTION core_reaches_further(p_account uuid, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.core_grant WHERE account_id = p_account
                 AND school_id IS DISTINCT FROM public.core_current_school()
                 AND (valid_until IS NULL OR valid_until > p_now))
      OR EXISTS (SELECT FROM public.core_account_person WHERE account_id = p_account
                 AND school_id IS DISTINCT FROM public.core_current_school())
      OR EXISTS (SELECT FROM public.core_oversight WHERE account_id = p_account
                 AND (valid_until IS NULL OR valid_until > p_now))
$$
"""


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY read ON {table}")
    op.execute(FUNCTION)
    op.execute("REVOKE EXECUTE ON FUNCTION core_reaches_further FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core_reaches_further TO {APP_ROLE}, {SYSTEM_ROLE}")
    op.create_table(
        MERGED,
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_person_merged_school_id")),
        sa.PrimaryKeyConstraint("gone_id", name=op.f("pk_core_person_merged")),
    )
    op.create_index("ix_core_person_merged_kept", MERGED, ["kept_id"], unique=False)
    for statement in school_rights(MERGED):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_core_person_merged_kept", table_name=MERGED)
    op.drop_table(MERGED)
    op.execute("DROP FUNCTION core_reaches_further")
    for table in TABLES:
        op.execute(f"CREATE POLICY read ON {table} FOR SELECT TO {APP_ROLE} USING (true)")
