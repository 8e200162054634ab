# ruff: noqa: S608  (our own texts; what a request brings is a parameter)
"""What the gradebook service tells: published marks of the school, and what other programs have written.

A mark of ours is told only as it was published: what families do not see yet, no program sees; and only of pupils who
still have a record. A book of a course and term has one line item for each of its columns. Ids are made of those of
the book, the pupil and the column, so that they stay the same and are found again without a search. In lists the books
come first, and after them, as one group, what programs have written.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..collection import Collection, Links, Located, Object, Row, by_text, is_uuid
from ..grammar import Field
from ..rostering.places import GRADING_PERIOD
from .shapes import SHAPES, TARGETS, type_of

_LAST = "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"
"""The group of what programs have written."""
_OUTSIDE = """
SELECT o.id, o.modified, o.body, o.made_by FROM oneroster_object o WHERE o.school_id = :school AND o.kind = '{}'"""
_OUTSIDE_COUNT = f"SELECT {_LAST}, count(*) FROM oneroster_object WHERE school_id = :school AND kind = '{{}}'"
_REF = "jsonb_build_object('sourcedId', {})"
_CATEGORY = "CASE WHEN {0} LIKE 'tx%' THEN 'tx' WHEN {0} IN ('gk', 'ck') THEN {0} ELSE 'other' END"
_CATEGORY_ID = "md5('category' || :school || {})::uuid::text"
_BOOKS = """assessment_gradebook b
JOIN assessment_publication p ON p.school_id = b.school_id AND p.gradebook_id = b.id"""
_NAMED = f"""{_BOOKS}
JOIN curriculum_course c ON c.id = b.course_id
JOIN curriculum_subject s ON s.id = c.subject_id
LEFT JOIN core_term t ON t.school_id = b.school_id AND t.year_id = b.year_id AND t.number = b.term"""
_SLOTS = (
    """(SELECT DISTINCT k.slot FROM jsonb_each(p.marks) m, jsonb_object_keys(m.value) k(slot) WHERE k.slot <> 'nx')"""
)
_PUPILS = """(SELECT m.key, m.value FROM jsonb_each(p.marks) m
  WHERE EXISTS (SELECT FROM learners_learner l WHERE l.id = CAST(m.key AS uuid)))"""

_CATEGORIES = f"""
SELECT {_CATEGORY_ID.format("k.code")} AS id, timestamptz '2021-09-05 00:00:00+00' AS modified,
  jsonb_build_object('title', k.title) || CASE WHEN k.weight IS NULL THEN '{{}}' ELSE
    jsonb_build_object('weight', k.weight) END AS body, '' AS made_by
FROM (VALUES ('tx', 'Đánh giá thường xuyên', 1), ('gk', 'Đánh giá giữa kì', 2), ('ck', 'Đánh giá cuối kì', 3),
  ('other', 'Đánh giá khác', NULL)) AS k(code, title, weight)
UNION ALL {_OUTSIDE.format("category")}"""
_DAY = "to_char(coalesce({}, (p.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date), 'YYYY-MM-DD\"T00:00:00.000Z\"')"
_TERM_REFS = f"""CASE WHEN t.id IS NULL THEN '{{}}' ELSE jsonb_build_object('academicSession', {_REF.format("t.id")},
  'gradingPeriod', {_REF.format(GRADING_PERIOD)}) END"""
_LINE_ITEMS = f"""
SELECT b.id || '.' || k.slot AS id, b.id AS grp, k.slot, NULL AS outside, c.id::text AS class,
  {_CATEGORY_ID.format(_CATEGORY.format("k.slot"))} AS category, p.published_at AS modified, jsonb_build_object(
    'title', s.name_vi || ' - ' || k.slot, 'class', {_REF.format("c.id")}, 'school', {_REF.format("b.school_id")},
    'category', {_REF.format(_CATEGORY_ID.format(_CATEGORY.format("k.slot")))},
    'assignDate', {_DAY.format("t.starts_on")}, 'dueDate', {_DAY.format("t.ends_on")})
  || {_TERM_REFS}
  || CASE WHEN c.assessed = 'score' THEN '{{"resultValueMin": 0, "resultValueMax": 10}}' ELSE '{{}}'::jsonb END AS body,
  '' AS made_by
FROM {_NAMED}
CROSS JOIN LATERAL {_SLOTS} k
WHERE b.school_id = :school
UNION ALL
SELECT o.id, {_LAST}, '', o.id, o.body->'class'->>'sourcedId', o.body->'category'->>'sourcedId', o.modified, o.body,
  o.made_by
FROM oneroster_object o WHERE o.school_id = :school AND o.kind = 'lineItem'"""
_LINE_ITEM_GROUPS = f"""
SELECT b.id AS grp, (SELECT count(*) FROM {_SLOTS} k) AS n FROM {_BOOKS}
WHERE b.school_id = :school AND b.course_id IS NOT NULL
UNION ALL {_OUTSIDE_COUNT.format("lineItem")}"""
_RESULTS = f"""
SELECT b.id || '.' || m.key || '.' || k.key AS id, b.id AS grp, m.key AS pupil, k.key AS slot, NULL AS outside,
  c.id::text AS class, m.key AS student, b.id || '.' || k.key AS item, p.published_at AS modified, jsonb_build_object(
    'lineItem', {_REF.format("b.id || '.' || k.key")}, 'student', {_REF.format("m.key")},
    'class', {_REF.format("c.id")}, 'scoreDate', (p.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
    'scoreStatus', CASE k.value WHEN 'M' THEN 'exempt' WHEN 'v' THEN 'not submitted' ELSE 'fully graded' END)
  || CASE WHEN k.value ~ '^[0-9]' THEN jsonb_build_object('score', k.value::numeric)
    WHEN k.value = 'v0' THEN '{{"score": 0, "missing": "true"}}'
    WHEN k.value IN ('M', 'v') THEN '{{}}'
    ELSE jsonb_build_object('textScore', replace(k.value, 'D', 'Đ')) END AS body, '' AS made_by
FROM {_BOOKS}
JOIN curriculum_course c ON c.id = b.course_id
CROSS JOIN LATERAL {_PUPILS} m
CROSS JOIN LATERAL jsonb_each_text(m.value) k
WHERE b.school_id = :school AND k.key <> 'nx'
UNION ALL
SELECT o.id, {_LAST}, '', '', o.id, o.body->'class'->>'sourcedId', o.body->'student'->>'sourcedId',
  o.body->'lineItem'->>'sourcedId', o.modified, o.body, o.made_by
FROM oneroster_object o WHERE o.school_id = :school AND o.kind = 'result'"""
_RESULT_GROUPS = f"""
SELECT b.id AS grp, (SELECT count(*) FROM {_PUPILS} m, jsonb_object_keys(m.value) k(slot) WHERE k.slot <> 'nx') AS n
FROM {_BOOKS}
WHERE b.school_id = :school AND b.course_id IS NOT NULL
UNION ALL {_OUTSIDE_COUNT.format("result")}"""


def _line_item(id: str) -> Located | None:
    book, _dot, slot = id.partition(".")
    if not is_uuid(book):
        return _outside(id, "")
    return _outside(id, "x.grp = CAST(:book AS uuid) AND x.slot = :slot", {"book": book, "slot": slot})


def _result(id: str) -> Located | None:
    book, _dot, rest = id.partition(".")
    pupil, _dot, slot = rest.partition(".")
    if not is_uuid(book):
        return _outside(id, "")
    condition = "x.grp = CAST(:book AS uuid) AND x.pupil = :pupil AND x.slot = :slot"
    return _outside(id, condition, {"book": book, "pupil": pupil.lower(), "slot": slot})


def _outside(id: str, ours: str, values: Mapping[str, object] | None = None) -> Located | None:
    """An object of ours by its parts, or one of a program by its id, whatever that looks like."""
    if "\0" in id:
        return None
    return f"(({ours}) OR x.outside = :id)" if ours else "x.outside = :id", {"id": id, **(values or {})}


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


def _fields(kind: str) -> dict[str, Field]:
    structured = ("list", "object", "status", "objectives", "scores", "scale")
    return dict(_field(name, type_) for name, type_ in SHAPES[kind].fields.items() if type_ not in structured)


def _kept(kind: str) -> Collection:
    """What only programs have: `class` is that of the object, for lists of a class."""
    source = f"SELECT o.*, o.body->'class'->>'sourcedId' AS class FROM ({_OUTSIDE.format(kind)}) o"
    return Collection(
        SHAPES[kind].plural, kind, source, _fields(kind), _build, frozenset(SHAPES[kind].fields), locate=by_text
    )


COLLECTIONS = {
    "category": Collection(
        "categories", "category", _CATEGORIES, _fields("category"), _build, frozenset(SHAPES["category"].fields),
        locate=by_text,
    ),
    "lineItem": Collection(
        "lineItems", "lineItem", _LINE_ITEMS, _fields("lineItem"), _build, frozenset(SHAPES["lineItem"].fields),
        locate=_line_item, order="x.grp, x.slot, x.outside", groups=_LINE_ITEM_GROUPS,
    ),
    "result": Collection(
        "results", "result", _RESULTS, _fields("result"), _build, frozenset(SHAPES["result"].fields),
        locate=_result, order="x.grp, x.pupil, x.slot, x.outside", groups=_RESULT_GROUPS,
    ),
    **{kind: _kept(kind) for kind in ("scoreScale", "assessmentLineItem", "assessmentResult")},
}  # fmt: skip
