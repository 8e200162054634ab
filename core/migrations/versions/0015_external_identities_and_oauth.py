"""external identities and oauth"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import SYSTEM_ROLE, school_rights

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


# Keys, tokens and identities: no page of a school reads them but through the system role.
SECRET = (
    "core_external_identity",
    "core_national_id",
    "core_oidc_pending",
    "core_link_code",
    "core_oidc_session",
    "core_seen_token",
    "core_identity_review",
    "core_oauth_consent",
    "core_oauth_code",
    "core_oauth_token",
    "core_oauth_key",
)


def upgrade() -> None:
    op.create_table("core_oauth_key",
    sa.Column("kid", sa.Text(), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("public", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("signs_until", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("kid", name=op.f("pk_core_oauth_key"))
    )
    op.create_table("core_seen_token",
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("issuer", "jti_hash", name=op.f("pk_core_seen_token"))
    )
    op.create_index(op.f("ix_core_seen_token_expires_at"), "core_seen_token", ["expires_at"], unique=False)
    op.create_table("core_external_identity",
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("provider", sa.Text(), nullable=False),
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("tech_id", sa.Text(), nullable=False),
    sa.Column("full_name", sa.Text(), nullable=False),
    sa.Column("birth_date", sa.Date(), nullable=True),
    sa.Column("idp", sa.Text(), nullable=False),
    sa.Column("assurance", sa.Text(), nullable=False),
    sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_external_identity_account_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_external_identity")),
    sa.UniqueConstraint("issuer", "subject", name=op.f("uq_core_external_identity_issuer_subject"))
    )
    op.create_index("ix_core_external_identity_account", "core_external_identity", ["account_id"], unique=False)
    op.create_table("core_link_code",
    sa.Column("digest", sa.LargeBinary(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_link_code_account_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_link_code")),
    sa.UniqueConstraint("digest", name=op.f("uq_core_link_code_digest"))
    )
    op.create_index("ix_core_link_code_account", "core_link_code", ["account_id"], unique=False)
    op.create_table("core_oauth_client",
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("auth_method", sa.Text(), nullable=False),
    sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
    sa.Column("secret_made_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("jwks", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column("redirect_uris", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("made_by", sa.Uuid(), nullable=True),
    sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("school_id", sa.Uuid(), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("auth_method <> 'none' OR kind = 'app'", name=op.f("ck_core_oauth_client_public_apps")),
    sa.CheckConstraint("auth_method IN ('client_secret_basic', 'private_key_jwt', 'none')", name=op.f("ck_core_oauth_client_auth_method")),
    sa.CheckConstraint("kind IN ('service', 'app', 'resource')", name=op.f("ck_core_oauth_client_kind")),
    sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_oauth_client_school_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_oauth_client"))
    )
    op.create_index("ix_core_oauth_client_school", "core_oauth_client", ["school_id", "name"], unique=False)
    op.create_table("core_oidc_pending",
    sa.Column("state_hash", sa.LargeBinary(), nullable=False),
    sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
    sa.Column("provider", sa.Text(), nullable=False),
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("minimum", sa.BigInteger(), nullable=False),
    sa.Column("secrets", sa.Text(), nullable=False),
    sa.Column("return_path", sa.Text(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=True),
    sa.Column("session_id", sa.Uuid(), nullable=True),
    sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.CheckConstraint("purpose IN ('sign_in', 'link', 'confirm', 'sign_out')", name=op.f("ck_core_oidc_pending_purpose")),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_oidc_pending_account_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_oidc_pending")),
    sa.UniqueConstraint("state_hash", name=op.f("uq_core_oidc_pending_state_hash"))
    )
    op.create_index("ix_core_oidc_pending_expires", "core_oidc_pending", ["expires_at"], unique=False)
    op.create_table("core_identity_review",
    sa.Column("identity_id", sa.Uuid(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("resolved_by", sa.Uuid(), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.CheckConstraint("reason IN ('name', 'national_id', 'tech_id')", name=op.f("ck_core_identity_review_reason")),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_identity_review_account_id"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["identity_id"], ["core_external_identity.id"], name=op.f("fk_core_identity_review_identity_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_identity_review")),
    sa.UniqueConstraint("identity_id", "reason", "resolved_at", name=op.f("uq_core_identity_review_identity_id_reason_resolved_at"), postgresql_nulls_not_distinct=True)
    )
    op.create_index("ix_core_identity_review_account", "core_identity_review", ["account_id"], unique=False)
    op.create_table("core_national_id",
    sa.Column("identity_id", sa.Uuid(), nullable=False),
    sa.Column("digest", sa.LargeBinary(), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["identity_id"], ["core_external_identity.id"], name=op.f("fk_core_national_id_identity_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_national_id"))
    )
    op.create_index("ix_core_national_id_digest", "core_national_id", ["digest"], unique=False)
    op.create_index(op.f("ix_core_national_id_identity_id"), "core_national_id", ["identity_id"], unique=False)
    op.create_table("core_oauth_code",
    sa.Column("hash", sa.LargeBinary(), nullable=False),
    sa.Column("client_id", sa.Uuid(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("redirect_uri", sa.Text(), nullable=False),
    sa.Column("scope", sa.Text(), nullable=False),
    sa.Column("challenge", sa.Text(), nullable=False),
    sa.Column("nonce", sa.Text(), nullable=False),
    sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_oauth_code_account_id"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["client_id"], ["core_oauth_client.id"], name=op.f("fk_core_oauth_code_client_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_oauth_code")),
    sa.UniqueConstraint("hash", name=op.f("uq_core_oauth_code_hash"))
    )
    op.create_index("ix_core_oauth_code_expires", "core_oauth_code", ["expires_at"], unique=False)
    op.create_table("core_oauth_consent",
    sa.Column("client_id", sa.Uuid(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_oauth_consent_account_id"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["client_id"], ["core_oauth_client.id"], name=op.f("fk_core_oauth_consent_client_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("client_id", "account_id", name=op.f("pk_core_oauth_consent")),
    sa.UniqueConstraint("client_id", "subject", name=op.f("uq_core_oauth_consent_client_id_subject"))
    )
    op.create_index("ix_core_oauth_consent_account", "core_oauth_consent", ["account_id"], unique=False)
    op.create_table("core_oauth_token",
    sa.Column("hash", sa.LargeBinary(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("client_id", sa.Uuid(), nullable=False),
    sa.Column("account_id", sa.Uuid(), nullable=True),
    sa.Column("scope", sa.Text(), nullable=False),
    sa.Column("family", sa.Uuid(), nullable=False),
    sa.Column("family_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind IN ('access', 'refresh')", name=op.f("ck_core_oauth_token_kind")),
    sa.ForeignKeyConstraint(["account_id"], ["core_account.id"], name=op.f("fk_core_oauth_token_account_id"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["client_id"], ["core_oauth_client.id"], name=op.f("fk_core_oauth_token_client_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_core_oauth_token")),
    sa.UniqueConstraint("hash", name=op.f("uq_core_oauth_token_hash"))
    )
    op.create_index("ix_core_oauth_token_client", "core_oauth_token", ["client_id", "account_id"], unique=False)
    op.create_index("ix_core_oauth_token_expires", "core_oauth_token", ["expires_at"], unique=False)
    op.create_index("ix_core_oauth_token_family", "core_oauth_token", ["family"], unique=False)
    op.create_table("core_oidc_session",
    sa.Column("session_id", sa.Uuid(), nullable=False),
    sa.Column("identity_id", sa.Uuid(), nullable=False),
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("sid", sa.Text(), nullable=False),
    sa.Column("id_token", sa.Text(), nullable=False),
    sa.Column("level", sa.BigInteger(), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["identity_id"], ["core_external_identity.id"], name=op.f("fk_core_oidc_session_identity_id"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["session_id"], ["core_session.id"], name=op.f("fk_core_oidc_session_session_id"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("session_id", name=op.f("pk_core_oidc_session"))
    )
    op.create_index(op.f("ix_core_oidc_session_identity_id"), "core_oidc_session", ["identity_id"], unique=False)
    op.create_index("ix_core_oidc_session_sid", "core_oidc_session", ["issuer", "sid"], unique=False)

    for statement in school_rights("core_oauth_client"):
        op.execute(statement)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(SECRET)} TO {SYSTEM_ROLE}")


def downgrade() -> None:
    op.drop_index("ix_core_oidc_session_sid", table_name="core_oidc_session")
    op.drop_index(op.f("ix_core_oidc_session_identity_id"), table_name="core_oidc_session")
    op.drop_table("core_oidc_session")
    op.drop_index("ix_core_oauth_token_family", table_name="core_oauth_token")
    op.drop_index("ix_core_oauth_token_expires", table_name="core_oauth_token")
    op.drop_index("ix_core_oauth_token_client", table_name="core_oauth_token")
    op.drop_table("core_oauth_token")
    op.drop_index("ix_core_oauth_consent_account", table_name="core_oauth_consent")
    op.drop_table("core_oauth_consent")
    op.drop_index("ix_core_oauth_code_expires", table_name="core_oauth_code")
    op.drop_table("core_oauth_code")
    op.drop_index(op.f("ix_core_national_id_identity_id"), table_name="core_national_id")
    op.drop_index("ix_core_national_id_digest", table_name="core_national_id")
    op.drop_table("core_national_id")
    op.drop_index("ix_core_identity_review_account", table_name="core_identity_review")
    op.drop_table("core_identity_review")
    op.drop_index("ix_core_oidc_pending_expires", table_name="core_oidc_pending")
    op.drop_table("core_oidc_pending")
    op.drop_index("ix_core_oauth_client_school", table_name="core_oauth_client")
    op.drop_table("core_oauth_client")
    op.drop_index("ix_core_link_code_account", table_name="core_link_code")
    op.drop_table("core_link_code")
    op.drop_index("ix_core_external_identity_account", table_name="core_external_identity")
    op.drop_table("core_external_identity")
    op.drop_index(op.f("ix_core_seen_token_expires_at"), table_name="core_seen_token")
    op.drop_table("core_seen_token")
    op.drop_table("core_oauth_key")
