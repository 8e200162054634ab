"""purpose-bound access

revision: stated purposes, the log of readings, emergencies, exports by two people
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import school_rights

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_access_log",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("reader_name", sa.Text(), nullable=False),
        sa.Column("reader_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("how IN ('read', 'emergency', 'export')", name=op.f("ck_core_access_log_how")),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_access_log_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_access_log")),
        sa.UniqueConstraint(
            "visit_id", "person_id", "data_class", name=op.f("uq_core_access_log_visit_id_person_id_data_class")
        ),
    )
    op.create_index("ix_core_access_log_person", "core_access_log", ["person_id", "at"], unique=False)
    op.create_index("ix_core_access_log_school", "core_access_log", ["school_id", "at"], unique=False)
    op.create_table(
        "core_access_visit",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("emergency_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_access_visit_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_access_visit")),
    )
    op.create_index(
        "ix_core_access_visit_reader", "core_access_visit", ["reader_id", "person_id", "ends_at"], unique=False
    )
    op.create_table(
        "core_emergency",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("opener_name", sa.Text(), nullable=False),
        sa.Column("opener_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewer_name", sa.Text(), nullable=False),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(reviewed_at IS NULL) = (justified IS NULL)", name=op.f("ck_core_emergency_review")),
        sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> account_id", name=op.f("ck_core_emergency_reviewer")),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_emergency_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_emergency")),
    )
    op.create_index("ix_core_emergency_account", "core_emergency", ["account_id", "ends_at"], unique=False)
    op.create_index(
        "ix_core_emergency_waiting",
        "core_emergency",
        ["school_id"],
        unique=False,
        postgresql_where="reviewed_at IS NULL",
    )
    op.create_table(
        "core_export_request",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=False),
        sa.Column("data_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decider_name", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("downloads", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)", name=op.f("ck_core_export_request_decided")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'approved', 'refused')", name=op.f("ck_core_export_request_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> account_id", name=op.f("ck_core_export_request_second_person")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_export_request_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_export_request")),
    )
    op.create_index("ix_core_export_request_account", "core_export_request", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_core_export_request_waiting",
        "core_export_request",
        ["school_id"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_index(
        "uq_core_export_request_draft",
        "core_export_request",
        ["account_id", "url"],
        unique=True,
        postgresql_where="state = 'draft'",
    )
    op.create_table(
        "core_export_taken",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("taker_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=False),
        sa.Column("data_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_export_taken_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_export_taken")),
    )
    op.create_index("ix_core_export_taken_account", "core_export_taken", ["account_id", "at"], unique=False)
    op.create_index("ix_core_export_taken_school", "core_export_taken", ["school_id", "at"], unique=False)

    for statement in school_rights("core_access_log", append_only=True):
        op.execute(statement)
    for statement in school_rights("core_access_visit"):
        op.execute(statement)
    for statement in school_rights("core_emergency"):
        op.execute(statement)
    for statement in school_rights("core_export_request"):
        op.execute(statement)
    for statement in school_rights("core_export_taken", append_only=True):
        op.execute(statement)
    op.execute("REVOKE DELETE ON core_emergency FROM truong_app, truong_system")


def downgrade() -> None:
    op.drop_index("ix_core_export_taken_school", table_name="core_export_taken")
    op.drop_index("ix_core_export_taken_account", table_name="core_export_taken")
    op.drop_table("core_export_taken")
    op.drop_index("uq_core_export_request_draft", table_name="core_export_request", postgresql_where="state = 'draft'")
    op.drop_index(
        "ix_core_export_request_waiting", table_name="core_export_request", postgresql_where="state = 'waiting'"
    )
    op.drop_index("ix_core_export_request_account", table_name="core_export_request")
    op.drop_table("core_export_request")
    op.drop_index("ix_core_emergency_waiting", table_name="core_emergency", postgresql_where="reviewed_at IS NULL")
    op.drop_index("ix_core_emergency_account", table_name="core_emergency")
    op.drop_table("core_emergency")
    op.drop_index("ix_core_access_visit_reader", table_name="core_access_visit")
    op.drop_table("core_access_visit")
    op.drop_index("ix_core_access_log_school", table_name="core_access_log")
    op.drop_index("ix_core_access_log_person", table_name="core_access_log")
    op.drop_table("core_access_log")
