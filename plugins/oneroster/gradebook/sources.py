# ruff: noqa: S608  (our own texts; what a request brings is a parameter)
"""What the gradebook service tells: published marks of the school, and what other programs have written.

A mark of ours is told only as it was published: what families do not see yet, no program sees. A book of a course and
term has one line item for each of its columns; ids are hashes of ours and stay the same.
"""

from __future__ import annotations

from ..collection import Collection, Links, Object, Row
from ..grammar import Field
from .shapes import SHAPES, TARGETS, type_of

_OUTSIDE = """
SELECT o.id, o.modified, o.body, o.made_by FROM oneroster_object o WHERE o.school_id = :school AND o.kind = '{}'"""
_REF = "jsonb_build_object('sourcedId', {})"
_CATEGORY = "CASE WHEN {0} LIKE 'tx%' THEN 'tx' WHEN {0} IN ('gk', 'ck') THEN {0} ELSE 'other' END"
_CATEGORY_ID = "md5('category' || :school || {})::uuid::text"
_ITEM_ID = "md5(b.id || {})::uuid::text"
_TERM = "LEFT JOIN core_term t ON t.school_id = b.school_id AND t.year_id = b.year_id AND t.number = b.term"
_BOOKS = f"""assessment_gradebook b
JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id
JOIN curriculum_course c ON c.id = b.course_id
JOIN curriculum_subject s ON s.id = c.subject_id
{_TERM}"""

_CATEGORIES = f"""
SELECT {_CATEGORY_ID.format("k.code")} AS id, timestamptz '2021-09-05 00:00:00+00' AS modified,
  jsonb_build_object('title', k.title) || CASE WHEN k.weight IS NULL THEN '{{}}' ELSE
    jsonb_build_object('weight', k.weight) END AS body, '' AS made_by
FROM (VALUES ('tx', 'Đánh giá thường xuyên', 1), ('gk', 'Đánh giá giữa kì', 2), ('ck', 'Đánh giá cuối kì', 3),
  ('other', 'Đánh giá khác', NULL)) AS k(code, title, weight)
UNION ALL {_OUTSIDE.format("category")}"""
_LINE_ITEMS = f"""
SELECT {_ITEM_ID.format("c2.slot")} AS id, p.published_at AS modified, jsonb_build_object(
    'title', s.name_vi || ' - ' || c2.slot, 'class', {_REF.format("c.id")}, 'school', {_REF.format("b.school_id")},
    'category', {_REF.format(_CATEGORY_ID.format(_CATEGORY.format("c2.slot")))},
    'assignDate', coalesce(t.starts_on, p.published_at::date) || 'T00:00:00.000Z',
    'dueDate', coalesce(t.ends_on, p.published_at::date) || 'T00:00:00.000Z')
  || CASE WHEN t.id IS NULL THEN '{{}}' ELSE jsonb_build_object('academicSession', {_REF.format("t.id")}) END
  || CASE WHEN c.assessed = 'score' THEN '{{"resultValueMin": 0, "resultValueMax": 10}}' ELSE '{{}}'::jsonb END AS body,
  '' AS made_by
FROM {_BOOKS}
CROSS JOIN LATERAL (SELECT DISTINCT k.slot FROM jsonb_each(p.marks) m, jsonb_object_keys(m.value) k(slot)
  WHERE k.slot <> 'nx') c2
WHERE b.school_id = :school
UNION ALL {_OUTSIDE.format("lineItem")}"""
_RESULTS = f"""
SELECT md5(b.id || m.key || k.key)::uuid::text AS id, p.published_at AS modified, jsonb_build_object(
    'lineItem', {_REF.format(_ITEM_ID.format("k.key"))}, 'student', {_REF.format("m.key")},
    'class', {_REF.format("c.id")}, 'scoreDate', (p.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    'scoreStatus', CASE k.value WHEN 'M' THEN 'exempt' WHEN 'v' THEN 'not submitted' ELSE 'fully graded' END)
  || CASE WHEN k.value ~ '^[0-9]' THEN jsonb_build_object('score', k.value::numeric)
    WHEN k.value = 'v0' THEN '{{"score": 0, "missing": "true"}}'
    WHEN k.value IN ('M', 'v') THEN '{{}}'
    ELSE jsonb_build_object('textScore', replace(k.value, 'D', 'Đ')) END AS body, '' AS made_by
FROM {_BOOKS}
CROSS JOIN LATERAL jsonb_each(p.marks) m
CROSS JOIN LATERAL jsonb_each_text(m.value) k
WHERE b.school_id = :school AND k.key <> 'nx'
UNION ALL {_OUTSIDE.format("result")}"""


def _build(row: Row, links: Links) -> Object:
    """The object with the addresses of what it refers to."""
    found: Object = dict(row.body)
    for name, target in TARGETS.items():
        reference = found.get(name)
        if isinstance(reference, dict):
            found[name] = links.to(type_of(name), target, reference["sourcedId"])
    return found


def _field(name: str, kind: str) -> tuple[str, Field]:
    if kind == "ref":
        return f"{name}.sourcedId", Field(f"(x.body->'{name}'->>'sourcedId')")
    if kind == "number":
        return name, Field(f"(x.body->>'{name}')::numeric", "number")
    if kind == "date":
        return name, Field(f"left(x.body->>'{name}', 10)::date", "date")
    if kind == "moment":
        return name, Field(f"(x.body->>'{name}')::timestamptz", "time")
    return name, Field(f"(x.body->>'{name}')")


def _collection(kind: str, source: str) -> Collection:
    shape = SHAPES[kind]
    fields = dict(
        _field(name, type_) for name, type_ in shape.fields.items() if type_ not in ("list", "object", "status")
    )
    return Collection(shape.plural, kind, source, fields, _build, frozenset(shape.fields))


COLLECTIONS = {
    "category": _collection("category", _CATEGORIES),
    "lineItem": _collection("lineItem", _LINE_ITEMS),
    "result": _collection("result", _RESULTS),
    **{
        kind: _collection(kind, _OUTSIDE.format(kind))
        for kind in ("scoreScale", "assessmentLineItem", "assessmentResult")
    },
}
