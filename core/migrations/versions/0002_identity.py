"""identity, access, audit and settings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, rights

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BOTH = f"{APP_ROLE}, {SYSTEM_ROLE}"

# Everything that a request needs to know of its visitor, in one round trip. Runs as the owner: the program itself can
# neither read nor make sessions outside the system role.
RESOLVE = """
CREATE FUNCTION core_session_resolve(p_hash bytea, p_now timestamptz, p_idle_since timestamptz, p_touch_before timestamptz)
RETURNS TABLE (session_id uuid, account_id uuid, name text, locale text, signed_in_at timestamptz, school_id uuid,
               school_name text, year_name text, modules text[], person_id uuid, roles text[],
               school_ids uuid[], school_names text[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s public.core_session%ROWTYPE;
  r text[];
  ids uuid[];
  names text[];
BEGIN
  SELECT * INTO s FROM public.core_session WHERE token_hash = p_hash AND revoked_at IS NULL AND expires_at > p_now
    AND last_seen_at > p_idle_since;
  IF NOT FOUND THEN RETURN; END IF;
  IF s.last_seen_at < p_touch_before THEN
    UPDATE public.core_session SET last_seen_at = p_now WHERE id = s.id AND last_seen_at < p_touch_before;
  END IF;
  SELECT coalesce(array_agg(DISTINCT g.role) FILTER (WHERE g.school_id = s.school_id OR g.school_id IS NULL), '{}'),
         array_agg(DISTINCT g.school_id) FILTER (WHERE g.school_id IS NOT NULL)
    INTO r, ids FROM public.core_grant g
    WHERE g.account_id = s.account_id AND g.valid_from <= p_now AND (g.valid_until IS NULL OR g.valid_until > p_now);
  IF 'operator' = ANY (r) THEN
    SELECT array_agg(c.id), array_agg(c.name) INTO ids, names
      FROM (SELECT id, name FROM public.core_school ORDER BY name LIMIT 20) c;
  ELSE
    SELECT array_agg(c.id), array_agg(c.name) INTO ids, names
      FROM (SELECT id, name FROM public.core_school WHERE id = ANY (ids) ORDER BY name LIMIT 20) c;
  END IF;
  RETURN QUERY
    SELECT s.id, a.id, a.name, a.locale, s.created_at, s.school_id, c.name, y.name, c.modules, p.person_id, r, ids, names
    FROM public.core_account a
    LEFT JOIN public.core_school c ON c.id = s.school_id
    LEFT JOIN public.core_school_year y ON y.school_id = s.school_id AND y.current
    LEFT JOIN public.core_account_person p ON p.account_id = a.id AND p.school_id = s.school_id
    WHERE a.id = s.account_id AND a.state = 'active';
END $$
"""

# Secrets of accounts are readable, and sessions can be made, by the system role only: a mistake on a school's page
# cannot reach them.
ACCOUNTS = [
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON core_account, core_session, core_sign_in_counter TO {SYSTEM_ROLE}",
    "GRANT SELECT (id, login, name, state, locale, failed_attempts, last_sign_in_at, password_changed_at, created_at,"
    f" updated_at), UPDATE (name, locale, updated_at) ON core_account TO {APP_ROLE}",
    RESOLVE,
    "REVOKE EXECUTE ON FUNCTION core_session_resolve FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION core_session_resolve TO {BOTH}",
]


def own_school(table: str) -> list[str]:
    """Read by sign-in across schools, written inside one's school only."""
    return [
        *rights(table),
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY read ON {table} FOR SELECT TO {APP_ROLE} USING (true)",
        f"CREATE POLICY school ON {table} TO {APP_ROLE} "
        "USING (school_id = core_current_school()) WITH CHECK (school_id = core_current_school())",
        f"CREATE POLICY everything ON {table} TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
    ]


SETTINGS = [
    *rights("core_setting"),
    "ALTER TABLE core_setting ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY instance ON core_setting FOR SELECT TO {APP_ROLE} USING (school_id IS NULL)",
    f"CREATE POLICY school ON core_setting TO {APP_ROLE} "
    "USING (school_id = core_current_school()) WITH CHECK (school_id = core_current_school())",
    f"CREATE POLICY everything ON core_setting TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
]

REFUSE = """
CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""

LEAVES = """
CREATE FUNCTION core_audit_pending_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.core_audit WHERE id = OLD.id AND entry_hash = OLD.entry_hash) THEN
    RAISE EXCEPTION 'an audit entry leaves only into its chain' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$
"""

# Runs as the owner: neither web nor worker can write the chain in any other way. Each statement of a volatile function
# takes a fresh snapshot, so that what was committed before the lock was granted is seen.
LINK = """
CREATE FUNCTION core_audit_link(most integer, wait boolean) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  entry public.core_audit_pending%ROWTYPE;
  in_chain uuid;
  at_chain uuid;
  at_seq bigint;
  at_hash bytea;
  before bytea;
  done uuid[] := '{}';
BEGIN
  IF wait THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('core_audit_link', 0));
  ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('core_audit_link', 0)) THEN
    RETURN 0;
  END IF;
  FOR entry IN SELECT * FROM public.core_audit_pending ORDER BY school_id, at, id LIMIT most LOOP
    in_chain := coalesce(entry.school_id, '00000000-0000-0000-0000-000000000000'::uuid);
    IF at_chain IS DISTINCT FROM in_chain THEN
      IF at_chain IS NOT NULL THEN
        UPDATE public.core_audit_head SET seq = at_seq, hash = at_hash WHERE chain = at_chain;
      END IF;
      INSERT INTO public.core_audit_head (chain, seq, hash) VALUES (in_chain, 0, decode(repeat('00', 32), 'hex'))
        ON CONFLICT DO NOTHING;
      SELECT chain, seq, hash INTO at_chain, at_seq, at_hash FROM public.core_audit_head WHERE chain = in_chain;
    END IF;
    before := at_hash;
    at_seq := at_seq + 1;
    at_hash := sha256(before || int8send(at_seq) || entry.entry_hash);
    INSERT INTO public.core_audit (seq, prev_hash, hash, id, school_id, at, actor_kind, actor_id, actor_name, action,
                                   target_type, target_id, detail, entry_hash)
      VALUES (at_seq, before, at_hash, entry.id, entry.school_id, entry.at, entry.actor_kind, entry.actor_id,
              entry.actor_name, entry.action, entry.target_type, entry.target_id, entry.detail, entry.entry_hash);
    done := done || entry.id;
  END LOOP;
  IF at_chain IS NOT NULL THEN
    UPDATE public.core_audit_head SET seq = at_seq, hash = at_hash WHERE chain = at_chain;
    DELETE FROM public.core_audit_pending WHERE id = ANY(done);
  END IF;
  RETURN cardinality(done);
END $$
"""

AUDIT = [
    REFUSE,
    LEAVES,
    f"GRANT SELECT ON core_audit, core_audit_head, core_audit_pending TO {BOTH}",
    f"GRANT INSERT ON core_audit_pending TO {BOTH}",
    *(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        for table in ("core_audit", "core_audit_head", "core_audit_pending")
    ),
    f"CREATE POLICY school ON core_audit FOR SELECT TO {APP_ROLE} USING (chain = core_current_school())",
    f"CREATE POLICY school ON core_audit_head FOR SELECT TO {APP_ROLE} USING (chain = core_current_school())",
    f"CREATE POLICY school ON core_audit_pending TO {APP_ROLE} "
    "USING (school_id = core_current_school()) WITH CHECK (school_id = core_current_school())",
    *(
        f"CREATE POLICY everything ON {table} TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)"
        for table in ("core_audit", "core_audit_head", "core_audit_pending")
    ),
    "CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_audit "
    "FOR EACH ROW EXECUTE FUNCTION core_audit_refuse()",
    "CREATE TRIGGER core_audit_no_truncate BEFORE TRUNCATE ON core_audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse()",
    "CREATE TRIGGER core_audit_pending_unchanged BEFORE UPDATE ON core_audit_pending "
    "FOR EACH ROW EXECUTE FUNCTION core_audit_refuse()",
    "CREATE TRIGGER core_audit_pending_no_truncate BEFORE TRUNCATE ON core_audit_pending "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse()",
    "CREATE TRIGGER core_audit_pending_leaves BEFORE DELETE ON core_audit_pending "
    "FOR EACH ROW EXECUTE FUNCTION core_audit_pending_leaves()",
    LINK,
    "REVOKE EXECUTE ON FUNCTION core_audit_link FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION core_audit_link TO {BOTH}",
]

# The set of modules that are on, beside the school, so that sign-in reads it with the session and nothing goes stale.
MODULES = [
    """
CREATE FUNCTION core_module_switch_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  changed uuid := coalesce(NEW.school_id, OLD.school_id);
BEGIN
  -- A statement of its own: the update below must see what the holder of this lock has committed.
  PERFORM FROM public.core_school WHERE id = changed FOR NO KEY UPDATE;
  UPDATE public.core_school SET modules = coalesce(
    (SELECT array_agg(module ORDER BY module) FROM public.core_module_switch WHERE school_id = changed), '{}')
  WHERE id = changed;
  RETURN NULL;
END $$
""",
    "CREATE TRIGGER core_module_switch_changed AFTER INSERT OR UPDATE OR DELETE ON core_module_switch "
    "FOR EACH ROW EXECUTE FUNCTION core_module_switch_changed()",
    "UPDATE core_school SET modules = coalesce((SELECT array_agg(module ORDER BY module) FROM core_module_switch"
    " WHERE school_id = core_school.id), '{}')",
]


def upgrade() -> None:
    op.create_table(
        "core_account",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("failed_attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_core_account_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account")),
        sa.UniqueConstraint("login", name=op.f("uq_core_account_login")),
    )
    op.create_table(
        "core_audit",
        sa.Column(
            "chain",
            sa.UUID(),
            sa.Computed("coalesce(school_id, '00000000-0000-0000-0000-000000000000'::uuid)", persisted=True),
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_core_audit")),
        sa.UniqueConstraint("id", name=op.f("uq_core_audit_id")),
    )
    op.create_index("ix_core_audit_at", "core_audit", ["chain", "at"], unique=False)
    op.create_index("ix_core_audit_target", "core_audit", ["target_type", "target_id", "chain"], unique=False)
    op.create_table(
        "core_audit_head",
        sa.Column("chain", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_core_audit_head")),
    )
    op.create_table(
        "core_audit_pending",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_pending")),
    )
    op.create_table(
        "core_sign_in_counter",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_core_sign_in_counter")),
    )
    op.create_table(
        "core_grant",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(role = 'operator') = (school_id IS NULL)", name=op.f("ck_core_grant_operator")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_core_grant_period")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_account.id"], name=op.f("fk_core_grant_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_grant_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_grant")),
        sa.UniqueConstraint(
            "account_id",
            "role",
            "school_id",
            name=op.f("uq_core_grant_account_id_role_school_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_core_grant_school", "core_grant", ["school_id", "role"], unique=False)
    op.create_table(
        "core_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_addr", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["core_account.id"], name=op.f("fk_core_session_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_session_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_core_session_token_hash")),
    )
    op.create_index("ix_core_session_account", "core_session", ["account_id", "created_at"], unique=False)
    op.create_table(
        "core_setting",
        sa.Column("school_id", sa.UUID(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["core_school.id"], name=op.f("fk_core_setting_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_setting")),
        sa.UniqueConstraint(
            "school_id", "key", name=op.f("uq_core_setting_school_id_key"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "core_account_person",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("school_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["core_account.id"],
            name=op.f("fk_core_account_person_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["core_person.id"],
            name=op.f("fk_core_account_person_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["core_school.id"], name=op.f("fk_core_account_person_school_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "school_id", name=op.f("pk_core_account_person")),
        sa.UniqueConstraint(
            "school_id", "person_id", name=op.f("uq_core_account_person_school_id_person_id")
        ),
    )
    op.add_column(
        "core_school", sa.Column("modules", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )

    for statement in (
        *ACCOUNTS,
        *own_school("core_grant"),
        *own_school("core_account_person"),
        *SETTINGS,
        *AUDIT,
        *MODULES,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER core_module_switch_changed ON core_module_switch")
    op.execute("DROP FUNCTION core_module_switch_changed")
    op.execute("DROP FUNCTION core_audit_link")
    op.execute("DROP FUNCTION core_session_resolve")
    op.drop_column("core_school", "modules")
    op.drop_table("core_account_person")
    op.drop_table("core_setting")
    op.drop_index("ix_core_session_account", table_name="core_session")
    op.drop_table("core_session")
    op.drop_index("ix_core_grant_school", table_name="core_grant")
    op.drop_table("core_grant")
    op.drop_table("core_sign_in_counter")
    op.drop_table("core_audit_pending")
    op.drop_table("core_audit_head")
    op.drop_index("ix_core_audit_target", table_name="core_audit")
    op.drop_index("ix_core_audit_at", table_name="core_audit")
    op.drop_table("core_audit")
    op.drop_table("core_account")
    op.execute("DROP FUNCTION core_audit_refuse")
    op.execute("DROP FUNCTION core_audit_pending_leaves")
