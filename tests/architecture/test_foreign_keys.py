"""Deleting or merging a person never reads a whole table: whatever names a person, a pupil or a class has an index."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, text

from core.data.embedded import database_url

# The columns of each key, and which of them names the row itself (the others are school and year).
_KEYS = text("""
    SELECT f.conrelid::regclass::text AS child, f.confrelid::regclass::text AS parent, f.conname,
      array_agg(a.attname::text) AS columns, min(a.attname::text) FILTER (WHERE pa.attname = 'id') AS naming
    FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(mine, theirs)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.mine
    JOIN pg_attribute pa ON pa.attrelid = f.confrelid AND pa.attnum = k.theirs
    WHERE f.contype = 'f' AND f.confrelid::regclass::text = ANY(:parents) GROUP BY f.oid ORDER BY 1, 3""")
# Whole indexes, and those without the rows that name nobody: another partial one does not find every row.
_INDEXES = text("""
    SELECT i.indrelid::regclass::text AS child, array_agg(a.attname::text ORDER BY k.place) AS columns,
      coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS only
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid IN (SELECT conrelid FROM pg_constraint WHERE contype = 'f')
    GROUP BY i.indexrelid, i.indrelid""")
PARENTS = ("core_person", "learners_learner", "learners_class")


def _begins_with(index: list[str], columns: set[str], naming: str) -> bool:
    """Whether an index leads to the rows of a key: nothing else stands before the column that names the row."""
    return naming in index and set(index[: index.index(naming) + 1]) <= columns


def _unindexed(connection: Connection, parents: tuple[str, ...]) -> list[str]:
    indexes: dict[str, list[list[str]]] = {}
    for row in connection.execute(_INDEXES):
        if row.only in ("", f"({row.columns[0]} IS NOT NULL)"):
            indexes.setdefault(row.child, []).append(row.columns)
    return [
        f"{key.child} ({', '.join(key.columns)}) -> {key.parent}"
        for key in connection.execute(_KEYS, {"parents": list(parents)})
        if not any(_begins_with(index, set(key.columns), key.naming) for index in indexes.get(key.child, []))
    ]


def test_foreign_keys_to_persons_pupils_and_classes_have_an_index(server: str, template: str) -> None:
    engine = create_engine(database_url(server, template, "truong_owner"))
    try:
        with engine.connect() as connection:
            assert _unindexed(connection, PARENTS) == []
            connection.exec_driver_sql("DROP INDEX ix_learners_merge_kept")
            assert _unindexed(connection, PARENTS) == ["learners_merge (kept_id) -> learners_learner"], "it can fail"
            connection.rollback()
    finally:
        engine.dispose()
