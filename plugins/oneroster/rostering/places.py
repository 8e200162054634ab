"""Organisations and academic sessions."""

from __future__ import annotations

from ..collection import Collection, Links, Object, Row
from ..grammar import Field

_ORGS = """
WITH RECURSIVE above AS (
  SELECT o.id, o.code, o.name, o.kind, o.parent_id, o.updated_at, s.id AS child
  FROM core_school s JOIN core_organisation o ON o.id = s.organisation_id WHERE s.id = :school
  UNION ALL
  SELECT o.id, o.code, o.name, o.kind, o.parent_id, o.updated_at, a.id
  FROM above a JOIN core_organisation o ON o.id = a.parent_id
)
SELECT s.id, s.updated_at AS modified, s.name, 'school' AS type, s.code AS identifier, s.organisation_id AS parent,
  NULL::uuid AS child
FROM core_school s WHERE s.id = :school
UNION ALL
SELECT id, updated_at, name,
  CASE kind WHEN 'ministry' THEN 'national' WHEN 'department' THEN 'state' ELSE 'local' END, code, parent_id, child
FROM above"""


def _org(row: Row, links: Links) -> Object:
    return {
        "name": row.name,
        "type": row.type,
        "identifier": row.identifier,
        "parent": links.to("org", "orgs", row.parent) if row.parent else None,
        "children": links.many("org", "orgs", [row.child]) if row.child else None,
    }


ORGS = Collection(
    "orgs",
    "org",
    _ORGS,
    {
        "name": Field("x.name"),
        "type": Field("x.type"),
        "identifier": Field("x.identifier"),
        "parent.sourcedId": Field("x.parent::text"),
        "children.sourcedId": Field("ARRAY[x.child::text]", "any"),
    },
    _org,
    frozenset({"name", "type", "identifier", "parent", "children", "metadata"}),
)

# The last day of a session of the standard is the first one after it; the year of a session is the one it ends in.
# Marks are closed once a term, so that each term is one grading period as well: programs that send marks ask for one.
GRADING_PERIOD = "md5('gradingPeriod' || t.id)::uuid"
"""SQL: the id of the grading period of a term."""
_OF_TERM = "core_term t JOIN core_school_year y ON y.id = t.year_id WHERE t.school_id = :school"
_SESSIONS = f"""
SELECT y.id, y.updated_at AS modified, y.name AS title, 'schoolYear' AS type, y.starts_on AS begins,
  y.ends_on + 1 AS ends, extract(year FROM y.ends_on)::int::text AS year, NULL::uuid AS parent,
  ARRAY(SELECT t.id FROM core_term t WHERE t.school_id = y.school_id AND t.year_id = y.id ORDER BY t.number) AS children
FROM core_school_year y WHERE y.school_id = :school
UNION ALL
SELECT t.id, greatest(t.updated_at, y.updated_at), 'Học kỳ ' || t.number || ', ' || y.name, 'term', t.starts_on,
  t.ends_on + 1, extract(year FROM y.ends_on)::int::text, y.id, ARRAY[{GRADING_PERIOD}]
FROM {_OF_TERM}
UNION ALL
SELECT {GRADING_PERIOD}, greatest(t.updated_at, y.updated_at), 'Kỳ đánh giá học kỳ ' || t.number || ', ' || y.name,
  'gradingPeriod', t.starts_on, t.ends_on + 1, extract(year FROM y.ends_on)::int::text, t.id, '{{}}'::uuid[]
FROM {_OF_TERM}"""  # noqa: S608  (our own texts)


def _session(row: Row, links: Links) -> Object:
    return {
        "title": row.title,
        "type": row.type,
        "startDate": row.begins.isoformat(),
        "endDate": row.ends.isoformat(),
        "schoolYear": row.year,
        "parent": links.to("academicSession", "academicSessions", row.parent) if row.parent else None,
        "children": links.many("academicSession", "academicSessions", row.children) or None,
    }


SESSIONS = Collection(
    "academicSessions",
    "academicSession",
    _SESSIONS,
    {
        "title": Field("x.title"),
        "type": Field("x.type"),
        "startDate": Field("x.begins", "date"),
        "endDate": Field("x.ends", "date"),
        "schoolYear": Field("x.year"),
        "parent.sourcedId": Field("x.parent::text"),
        "children.sourcedId": Field("x.children::text[]", "any"),
    },
    _session,
    frozenset({"title", "type", "startDate", "endDate", "schoolYear", "parent", "children", "metadata"}),
)
