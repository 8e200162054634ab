"""second factors and families

revision: a second factor beside the password, sessions in stages, codes with which families join
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, school_rights

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As the secrets of accounts before: a mistake on a school's page cannot reach them.
SYSTEM_ONLY = ("core_totp", "core_recovery_code", "core_passkey", "core_account_notice", "core_spent_challenge")
SOURCE = "SELECT pg_get_functiondef('core_session_resolve'::regproc)"
# What a session tells of itself: only an open one is found, and since when its person is proved.
CHANGES = (
    (
        "school_ids uuid[], school_names text[])",
        "school_ids uuid[], school_names text[], proved_at timestamp with time zone)",
    ),
    ("revoked_at IS NULL AND expires_at > p_now", "revoked_at IS NULL AND stage = 'open' AND expires_at > p_now"),
    ("p.person_id, r, ids, names\n", "p.person_id, r, ids, names, s.proved_at\n"),
)


def upgrade() -> None:
    op.add_column("core_account", sa.Column("factor_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("core_session", sa.Column("stage", sa.Text(), server_default="open", nullable=False))
    op.add_column("core_session", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("core_session", sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_core_session_stage"), "core_session", "stage IN ('open', 'factor', 'setup')"
    )
    _factors()
    _families()
    for table in SYSTEM_ONLY:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SYSTEM_ROLE}")
    for table in ("core_family_code", "core_family_join"):
        for statement in school_rights(table):
            op.execute(statement)
    _resolve(CHANGES)


def downgrade() -> None:
    _resolve(tuple((after, before) for before, after in CHANGES))
    for table in ("core_family_join", "core_family_code", *SYSTEM_ONLY):
        op.drop_table(table)
    for column in ("failures", "proved_at", "stage"):
        op.drop_column("core_session", column)
    op.drop_column("core_account", "factor_due_at")


def _resolve(changes: tuple[tuple[str, str], ...]) -> None:
    """The function with other columns: it has to be made anew, with its rights."""
    source: str = op.get_bind().exec_driver_sql(SOURCE).scalar_one()
    for before, after in changes:
        if before not in source:
            raise RuntimeError(f"core_session_resolve is not as expected: {before}")
        source = source.replace(before, after)
    op.execute("DROP FUNCTION core_session_resolve")
    op.get_bind().exec_driver_sql(source.replace("%", "%%"))
    op.execute("REVOKE EXECUTE ON FUNCTION core_session_resolve FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core_session_resolve TO {APP_ROLE}, {SYSTEM_ROLE}")


def _account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id")
    return sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=name, ondelete="CASCADE")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["core_person.id"], name=name, ondelete="CASCADE")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _factors() -> None:
    op.create_table(
        "core_totp",
        _uuid("account_id"),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _moment("created_at"),
        _account("core_totp"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_core_totp")),
    )
    op.create_table(
        "core_recovery_code",
        _uuid("id"),
        _uuid("account_id"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _moment("created_at"),
        _moment("used_at", nullable=True),
        _account("core_recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_recovery_code")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_core_recovery_code_account_id_code_hash")),
    )
    op.create_table(
        "core_passkey",
        _uuid("id"),
        _uuid("account_id"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _moment("created_at"),
        _moment("last_used_at", nullable=True),
        _account("core_passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_core_passkey_credential_id")),
    )
    op.create_index(op.f("ix_core_passkey_account_id"), "core_passkey", ["account_id"])
    op.create_table(
        "core_account_notice",
        _uuid("id"),
        _uuid("account_id"),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        _moment("at"),
        _moment("seen_at", nullable=True),
        _account("core_account_notice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_notice")),
    )
    op.create_index("ix_core_account_notice_account", "core_account_notice", ["account_id", "at"])
    op.create_table(
        "core_spent_challenge",
        _uuid("id"),
        _moment("until"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_spent_challenge")),
    )
    op.create_index(op.f("ix_core_spent_challenge_until"), "core_spent_challenge", ["until"])


def _families() -> None:
    op.create_table(
        "core_family_code",
        _uuid("id"),
        _uuid("school_id"),
        _uuid("child_id"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        _moment("made_at"),
        _uuid("made_by", nullable=True),
        _moment("expires_at"),
        _moment("withdrawn_at", nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        _person("core_family_code", "child_id"),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_family_code_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_family_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_core_family_code_code_hash")),
    )
    op.create_index("ix_core_family_code_child", "core_family_code", ["school_id", "child_id"])
    op.create_index("ix_core_family_code_whom", "core_family_code", ["child_id"])
    op.create_table(
        "core_family_join",
        _uuid("id"),
        _uuid("school_id"),
        _uuid("code_id"),
        _uuid("guardian_id"),
        _moment("proved_at"),
        _uuid("account_id", nullable=True),
        _moment("joined_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_account.id"], name=op.f("fk_core_family_join_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["code_id"], ["core_family_code.id"], name=op.f("fk_core_family_join_code_id"), ondelete="CASCADE"
        ),
        _person("core_family_join", "guardian_id"),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_family_join_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_family_join")),
        sa.UniqueConstraint("code_id", "guardian_id", name=op.f("uq_core_family_join_code_id_guardian_id")),
    )
    op.create_index("ix_core_family_join_whom", "core_family_join", ["guardian_id"])
