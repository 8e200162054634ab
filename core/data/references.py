# ruff: noqa: S608  (names of tables and columns, all from migrations)
"""Foreign keys that are checked once a statement, for tables that take in a hundred thousand rows at a time.

PostgreSQL asks for each row of each foreign key by a query of its own. These triggers say the same in one query for the
whole statement, with the same lock: what is referred to stays until the commit. Rows that the transaction wrote itself
need no lock, as nobody else sees them.
"""

from __future__ import annotations

from collections.abc import Sequence

# pg_temp last: otherwise PostgreSQL looks there first, and a temporary table could take the place of a real one.
_HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
_WRONG = "USING ERRCODE = 'foreign_key_violation'"


def reference(
    table: str, columns: Sequence[str], parent: str, parent_columns: Sequence[str] = ("id",), *, cascade: bool = False
) -> list[str]:
    """Statements that let `columns` of `table` name rows of `parent`; a row with an empty column names none.

    Args:
        columns: the last one gives the reference its name.
        parent_columns: a unique key of `parent` that never changes.
        cascade: rows go with what they name; otherwise that cannot be deleted.
    """
    name = _name(table, columns)
    key, parent_key = ", ".join(columns), ", ".join(f"p.{column}" for column in parent_columns)
    named = f"SELECT {key} FROM added WHERE num_nulls({key}) = 0"
    there = f"SELECT FROM {parent} p WHERE ({parent_key}) IN ({named}) AND p.xmin"
    pairs = " AND ".join(f"t.{mine} = r.{theirs}" for mine, theirs in zip(columns, parent_columns, strict=True))
    if cascade:
        gone = f"DELETE FROM {table} t USING removed r WHERE {pairs};"
    else:
        gone = (
            f"IF EXISTS (SELECT FROM removed r JOIN {table} t ON {pairs}) THEN"
            f" RAISE EXCEPTION 'rows of {table} name this {parent}' {_WRONG}; END IF;"
        )
    return [
        f"""CREATE FUNCTION {name}_there() {_HEAD}
DECLARE
  mine xid := pg_current_xact_id()::xid;
  wanted bigint := (SELECT count(*) FROM (SELECT DISTINCT * FROM ({named}) named) keys);
  own bigint := (SELECT count(*) FROM ({there} = mine) there);
BEGIN
  IF own < wanted AND own + (SELECT count(*) FROM ({there} <> mine FOR KEY SHARE OF p) there) < wanted THEN
    RAISE EXCEPTION '{table}: {key} names no {parent}' {_WRONG};
  END IF;
  RETURN NULL;
END $$""",
        f"CREATE FUNCTION {name}_gone() {_HEAD} BEGIN {gone} RETURN NULL; END $$",
        f"CREATE TRIGGER {name}_there AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}_there()",
        f"CREATE TRIGGER {name}_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS added"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}_there()",
        f"CREATE TRIGGER {name}_gone AFTER DELETE ON {parent} REFERENCING OLD TABLE AS removed"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}_gone()",
    ]


def drop_reference(table: str, columns: Sequence[str], parent: str) -> list[str]:
    """Statements that undo `reference`."""
    name = _name(table, columns)
    return [
        f"DROP TRIGGER {name}_gone ON {parent}",
        f"DROP TRIGGER {name}_changed ON {table}",
        f"DROP TRIGGER {name}_there ON {table}",
        f"DROP FUNCTION {name}_there, {name}_gone",
    ]


def _name(table: str, columns: Sequence[str]) -> str:
    return f"{table}_{columns[-1]}"
