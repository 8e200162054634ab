"""Does the second wall stand everywhere? Read from the catalogue of PostgreSQL itself, for tests and `truong doctor`.

A table with a `school_id` needs row-level security with exactly two policies: the application sees the rows of the
school that is set for the transaction, `truong_system` sees all (`core.data.ddl.school_rights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from .ddl import APP_ROLE, SYSTEM_ROLE, WORKER_ROLE

Policy = tuple[str, str, str | None, str | None]
"""Command (as in `pg_policy.polcmd`), role, USING, WITH CHECK."""
_MINE = "(school_id = core_current_school())"
_NOWHERE = "(core_current_school() IS NULL)"
_SYSTEM: Policy = ("*", SYSTEM_ROLE, "true", "true")
_STANDARD = frozenset({("*", APP_ROLE, _MINE, _MINE), _SYSTEM})
OTHER_POLICIES: Mapping[str, frozenset[Policy]] = {
    # The trail is found by chain, which is the school or the installation; written by a function of the owner only.
    "core_audit": frozenset({("r", APP_ROLE, "(chain = core_current_school())", None), _SYSTEM}),
    # Settings of the installation (without a school) are read by everybody and written by the system role only.
    "core_setting": frozenset({*_STANDARD, ("r", APP_ROLE, "(school_id IS NULL)", None)}),
    # The worker's own connections stand in no school: they lease, renew and end the jobs of all.
    "core_job": frozenset({*_STANDARD, ("*", WORKER_ROLE, _NOWHERE, _NOWHERE)}),
}
"""Tables whose policies differ from those of `school_rights`, and why."""
BARE = frozenset({"core_session", "core_external_identity"})
"""Tables with a school that need no policy, because the application has no right on them at all."""

_TABLES = text("""
    SELECT c.relname AS name, c.relkind AS kind, c.relrowsecurity AS secured, pg_get_userbyid(c.relowner) AS owner,
           has_any_column_privilege(:app, c.oid, 'SELECT, INSERT, UPDATE')
           OR has_table_privilege(:app, c.oid, 'DELETE, TRUNCATE, TRIGGER') AS reachable,
           coalesce('security_invoker=true' = ANY(c.reloptions), false) AS invoker,
           EXISTS (SELECT FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attname = 'school_id' AND NOT a.attisdropped) AS of_a_school
    FROM pg_class c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
""")
_POLICIES = text("""
    SELECT c.relname AS name, p.polcmd AS command,
           CASE WHEN r.oid = 0 THEN 'public' ELSE pg_get_userbyid(r.oid) END AS role,
           pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid CROSS JOIN unnest(p.polroles) AS r (oid)
    WHERE p.polpermissive AND c.relnamespace = 'public'::regnamespace
""")


@dataclass(frozen=True, slots=True)
class Relation:
    """What the catalogue says of a table or view of the program."""

    name: str
    kind: str
    """As in `pg_class.relkind`: r and p are tables, v and m views."""
    secured: bool
    owner: str
    reachable: bool
    """Whether the application has any right on it."""
    invoker: bool
    of_a_school: bool


def relations(connection: Connection) -> list[Relation]:
    """Every table and view, by name."""
    return [Relation(*row) for row in connection.execute(_TABLES, {"app": APP_ROLE})]


def gaps(connection: Connection) -> list[str]:
    """Where rows of a school could pass to another, one line each: the table and what is wrong with it."""
    policies: dict[str, set[Policy]] = {}
    for row in connection.execute(_POLICIES):
        policies.setdefault(row.name, set()).add((row.command, row.role, row.qual, row.with_check))
    found = [(relation.name, _gap(relation, policies.get(relation.name, set()))) for relation in relations(connection)]
    return [f"{name}: {gap}" for name, gap in found if gap]


def _gap(relation: Relation, policies: set[Policy]) -> str:
    if relation.owner in (APP_ROLE, SYSTEM_ROLE):
        return f"belongs to {relation.owner}, which could lift its wall"
    if relation.kind in "vmf":
        shielded = relation.kind == "v" and relation.invoker
        return "" if shielded or not relation.reachable else "a view that reads with the rights of its owner"
    if not relation.of_a_school or (relation.name in BARE and not relation.reachable):
        return ""
    if not relation.secured:
        return "has a school_id and no row-level security"
    if policies != OTHER_POLICIES.get(relation.name, _STANDARD):
        return "its policies are not those of a school's table"
    return ""
