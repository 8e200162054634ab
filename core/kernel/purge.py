"""Taking the data of a plugin out of an installation for good, also after its package is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from core.types.errors import Conflict
from core.types.message import _

_SWITCHED_ON = text("SELECT count(*) FROM core_module_switch WHERE module = :name")
_TABLES = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE :prefix ESCAPE '!' "
    "AND tablename <> ALL(CAST(:others AS text[])) ORDER BY tablename"
)
_NEEDED_BY = text(
    "SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c "
    "WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(CAST(:tables AS text[])) "
    "AND c.conrelid::regclass::text <> ALL(CAST(:tables AS text[]))"
)
_FORGET = (
    text("DELETE FROM core_setting WHERE key LIKE :dotted ESCAPE '!'"),
    text("DELETE FROM core_job WHERE task LIKE :dotted ESCAPE '!' AND state IN ('waiting', 'failed', 'cancelled')"),
    text("DELETE FROM core_schedule WHERE name LIKE :dotted ESCAPE '!'"),
)
_UNREMEMBER = text("DELETE FROM core_plugin WHERE name = :name AND NOT blocked")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was erased: rows by table."""

    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def purge(connection: Connection, name: str, *, others: tuple[str, ...] = ()) -> Purged:
    """Drop every table of a plugin and forget its settings, waiting jobs and schedules, in the caller's transaction.

    Args:
        connection: of the owner of the tables.
        others: names of other plugins that begin with the same letters (`meals` and `meals_extra`); theirs stay.

    Raises:
        Conflict: while a school has it on, or another plugin's tables refer to it.
    """
    if connection.execute(_SWITCHED_ON, {"name": name}).scalar_one():
        raise Conflict(_("The module is still on at a school. Switch it off everywhere first."))
    prefix = _like(name) + "!_%"
    theirs = [
        table
        for other in others
        if other.startswith(f"{name}_")
        for table in connection.execute(_TABLES, {"prefix": _like(other) + "!_%", "others": []}).scalars()
    ]
    tables = list(connection.execute(_TABLES, {"prefix": prefix, "others": theirs}).scalars())
    needed = list(connection.execute(_NEEDED_BY, {"tables": tables}).scalars())
    if needed:
        raise Conflict(_("Other tables refer to it: %(tables)s.", tables=", ".join(sorted(needed))))
    rows = {
        table: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one())  # noqa: S608
        for table in tables
        if table != f"{name}_version"
    }
    for table in tables:
        connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
    for statement in _FORGET:
        connection.execute(statement, {"dotted": _like(name) + ".%"})
    connection.execute(_UNREMEMBER, {"name": name})
    return Purged(rows)


def _like(name: str) -> str:
    """The name as it stands in a LIKE pattern."""
    return name.replace("!", "!!").replace("_", "!_").replace("%", "!%")
