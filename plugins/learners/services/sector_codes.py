"""Codes that the sector's database gives to pupils: kept as identifiers, many at once. The caller has checked."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.sdk import Context
from core.sdk.data import local_date, query

# One statement each, whatever the number of pupils: who has it already, what is replaced, what is new.
_GIVEN = "SELECT g.learner_id, g.code FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g(learner_id uuid, code text)"
_TAKEN = f"""
SELECT DISTINCT g.learner_id FROM ({_GIVEN}) g
WHERE EXISTS (SELECT FROM learners_identifier i WHERE i.school_id = :school AND i.scheme = 'sector'
  AND i.value = g.code AND i.learner_id <> g.learner_id)
  OR EXISTS (SELECT FROM ({_GIVEN}) o WHERE o.code = g.code AND o.learner_id <> g.learner_id)"""  # noqa: S608
_REPLACE = text(f"""
UPDATE learners_identifier i SET valid_to = :today, updated_at = :now FROM ({_GIVEN}) g
WHERE i.school_id = :school AND i.learner_id = g.learner_id AND i.scheme = 'sector' AND i.valid_to IS NULL
  AND i.value <> g.code""")  # noqa: S608
_ADD = text(f"""
INSERT INTO learners_identifier (id, school_id, learner_id, scheme, value, valid_from, valid_to, note, created_at,
  updated_at)
SELECT uuidv7(), :school, g.learner_id, 'sector', g.code, :today, NULL, :note, :now, :now FROM ({_GIVEN}) g
JOIN learners_learner l ON l.school_id = :school AND l.id = g.learner_id
WHERE NOT EXISTS (SELECT FROM learners_identifier i WHERE i.school_id = :school AND i.learner_id = g.learner_id
  AND i.scheme = 'sector' AND i.value = g.code AND i.valid_to IS NULL)""")  # noqa: S608


def take_sector_codes(ctx: Context, codes: Mapping[UUID, str], note: str = "") -> tuple[int, frozenset[UUID]]:
    """Keep the sector's codes of pupils; a former one ends today and stays findable.

    Args:
        codes: by pupil.
        note: where they come from.

    Returns:
        How many are new, and the pupils whose code belongs to another pupil: those are left out.
    """
    wanted = _encoded(codes)
    values = {"school": ctx.school_id, "today": local_date(ctx.now()), "now": ctx.now(), "note": note[:200]}
    taken = frozenset(row[0] for row in query(ctx, _TAKEN, {"rows": wanted, "school": ctx.school_id}))
    if taken:
        wanted = _encoded({learner: code for learner, code in codes.items() if learner not in taken})
    ctx.session.execute(_REPLACE, {**values, "rows": wanted})
    added: int = ctx.session.execute(_ADD, {**values, "rows": wanted}).rowcount  # type: ignore[attr-defined]
    return added, taken


def _encoded(codes: Mapping[UUID, str]) -> str:
    return msgspec.json.encode([{"learner_id": str(id), "code": code} for id, code in codes.items()]).decode()
