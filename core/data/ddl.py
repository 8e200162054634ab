"""Statements that every migration of a table needs: rights of the application and row-level security.

Four database roles: the owner runs migrations; web servers sign in as `truong_app`; workers as `truong_worker`, which
has the same rights and sees the jobs of all schools; `truong_system` (no sign-in, entered by `SET LOCAL ROLE`) sees all
rows of all schools.
"""

from __future__ import annotations

APP_ROLE = "truong_app"
WORKER_ROLE = "truong_worker"
SYSTEM_ROLE = "truong_system"


def rights(table: str, *, append_only: bool = False) -> list[str]:
    """Grant the application its rights on a table; `append_only` takes UPDATE and DELETE away for good."""
    verbs = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    return [f"GRANT {verbs} ON {table} TO {APP_ROLE}, {SYSTEM_ROLE}"]


def school_rights(table: str, *, append_only: bool = False) -> list[str]:
    """Rights plus row-level security by `school_id`."""
    return [
        *rights(table, append_only=append_only),
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY school ON {table} TO {APP_ROLE} "
        "USING (school_id = core_current_school()) WITH CHECK (school_id = core_current_school())",
        f"CREATE POLICY everything ON {table} TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
    ]


PREPARE_DATABASE = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {SYSTEM_ROLE}",
    # Inlined by the planner, so the index on (school_id, ...) is used.
    "CREATE OR REPLACE FUNCTION core_current_school() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE "
    "AS $$ SELECT NULLIF(current_setting('app.school_id', true), '')::uuid $$",
]

CREATE_ROLES = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SYSTEM_ROLE}') THEN CREATE ROLE {SYSTEM_ROLE} NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN CREATE ROLE {APP_ROLE} LOGIN NOINHERIT; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WORKER_ROLE}') THEN CREATE ROLE {WORKER_ROLE} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'truong_owner') THEN CREATE ROLE truong_owner LOGIN; END IF;
END $$;
GRANT {APP_ROLE} TO {WORKER_ROLE} WITH INHERIT TRUE, SET FALSE;
GRANT {SYSTEM_ROLE} TO {APP_ROLE}, {WORKER_ROLE} WITH INHERIT FALSE, SET TRUE;
ALTER ROLE {APP_ROLE} SET timezone TO 'UTC';
ALTER ROLE {APP_ROLE} SET lock_timeout TO '10s';
ALTER ROLE {WORKER_ROLE} SET timezone TO 'UTC';
ALTER ROLE {WORKER_ROLE} SET lock_timeout TO '10s';
"""  # noqa: S608  (names of roles, all constants)
"""Run once by a superuser. The operator of an own server runs the same text (`truong db roles` prints it)."""
