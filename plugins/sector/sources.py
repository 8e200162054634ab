"""Where the rows of each kind come from: one statement a kind, streamed from the database in portions.

Values are canonical texts by field: ISO days, our codes, empty for unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context
from plugins.attendance import public as attendance

PORTION = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what period and of whom: a class, a grade, or the whole school."""

    year_id: UUID
    term: int = 0
    grade: int | None = None
    class_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A record as the school holds it."""

    key: str
    learner_id: UUID | None
    class_id: UUID | None
    full_name: str
    class_name: str
    part: str
    value: Mapping[str, str]


_SCOPE = """WHERE e.school_id = :school AND e.year_id = :year AND e.ends_on IS NULL
  AND (CAST(:class AS uuid) IS NULL OR e.class_id = :class) AND (CAST(:grade AS int) IS NULL OR k.grade = :grade)"""
_ORDER = "ORDER BY k.grade, k.position, k.name, c.sort_key, l.id"
_ROLL = """FROM learners_enrolment e JOIN learners_class k ON k.id = e.class_id
JOIN learners_learner l ON l.id = e.learner_id JOIN core_person c ON c.id = l.id"""
_CODE = """(SELECT i.value FROM learners_identifier i WHERE i.learner_id = l.id AND i.scheme = 'sector'
  AND i.valid_to IS NULL ORDER BY i.id DESC LIMIT 1)"""
_HEAD = "l.id::text AS key, l.id AS learner_id, k.id AS class_id, c.full_name, k.name AS class_name"
_WHO = f"""'mahocsinh', l.code, 'madinhdanhnganh', {_CODE}, 'sodinhdanh', l.personal_id, 'hovaten', c.full_name,
  'lop', k.name"""
_PARENT = """(SELECT jsonb_build_object('n', p.full_name, 'y', p.birth_year, 'i', d.personal_id)
  FROM core_relation r JOIN core_person p ON p.id = r.person_id
  LEFT JOIN learners_guardian_detail d ON d.person_id = p.id
  WHERE r.school_id = l.school_id AND r.related_id = l.id AND r.kind = '{kind}'
  ORDER BY r.created_at DESC, r.id LIMIT 1) AS {kind}"""
_PARENTS = ", ".join(_PARENT.format(kind=kind) for kind in ("father", "mother", "guardian"))
_FLAG = "CASE f.{0} WHEN true THEN '1' WHEN false THEN '0' END"

_PROFILES = f"""
SELECT key, learner_id, class_id, full_name, class_name, '' AS part, value || jsonb_build_object(
  'cha_hovaten', father->>'n', 'cha_namsinh', father->>'y', 'cha_sodinhdanh', father->>'i',
  'me_hovaten', mother->>'n', 'me_namsinh', mother->>'y', 'me_sodinhdanh', mother->>'i',
  'giamho_hovaten', guardian->>'n') AS value
FROM (SELECT {_HEAD}, k.grade, k.position, c.sort_key, {_PARENTS}, jsonb_build_object({_WHO},
  'ngaysinh', l.birth, 'gioitinh', nullif(c.sex, 0)::text, 'dantoc', l.ethnic, 'quoctich', l.nationality,
  'giayto_so', l.paper_number, 'khoi', k.grade::text, 'trangthai', 'studying', 'noisinh_tinh', l.birth_province,
  'noio_chitiet', l.address_detail, 'noio_xa', coalesce(l.address_commune, l.address_original),
  'noio_tinh', l.address_province,
  'doituongchinhsach', (SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM learners_policy_group g
    WHERE g.learner_id = l.id AND (g.valid_to IS NULL OR g.valid_to >= CURRENT_DATE)),
  'khuyettat_loai', f.disability_kind, 'khuyettat_khongdanhgia', {_FLAG.format("disability_not_assessed")},
  'khuvuc', f.area::text, 'noitru', f.boarding_kind, 'hai_buoi', {_FLAG.format("two_sessions")}) || jsonb_build_object(
  'cha_dantoc_thieuso', {_FLAG.format("father_minority")}, 'me_dantoc_thieuso', {_FLAG.format("mother_minority")},
  'mien_giam_hocphi', {_FLAG.format("fee_reduction")}, 'hotro_chiphi', {_FLAG.format("cost_support")},
  'hotro_antrua', {_FLAG.format("lunch_support")}) AS value
  {_ROLL} LEFT JOIN learners_profile f ON f.learner_id = l.id {_SCOPE}) s
ORDER BY grade, position, class_name, sort_key, learner_id"""  # noqa: S608

_CLASSES = """
SELECT k.id::text AS key, NULL::uuid AS learner_id, k.id AS class_id, k.name AS full_name, k.name AS class_name,
  '' AS part, jsonb_build_object('khoi', k.grade::text, 'lop', k.name, 'gvcn_hovaten', t.full_name,
  'gvcn_ma', nullif(t.code, ''), 'siso', coalesce(n.pupils, 0)::text, 'siso_nu', coalesce(n.girls, 0)::text) AS value
FROM learners_class k
LEFT JOIN LATERAL (SELECT p.full_name, x.code FROM curriculum_homeroom h JOIN core_person p ON p.id = h.teacher_id
  JOIN curriculum_teacher x ON x.id = h.teacher_id
  WHERE h.school_id = k.school_id AND h.class_id = k.id AND h.ends_on IS NULL LIMIT 1) t ON true
LEFT JOIN (SELECT e.class_id, count(*) AS pupils, count(*) FILTER (WHERE c.sex = 2) AS girls
  FROM learners_enrolment e JOIN core_person c ON c.id = e.learner_id
  WHERE e.school_id = :school AND e.year_id = :year AND e.ends_on IS NULL GROUP BY e.class_id) n ON n.class_id = k.id
WHERE k.school_id = :school AND k.year_id = :year
  AND (CAST(:class AS uuid) IS NULL OR k.id = :class) AND (CAST(:grade AS int) IS NULL OR k.grade = :grade)
ORDER BY k.grade, k.position, k.name"""

_TERM_MARKS = f"""
SELECT l.id::text || ':' || s.code AS key, l.id AS learner_id, k.id AS class_id, c.full_name, k.name AS class_name,
  s.name_vi AS part, jsonb_build_object({_WHO},
  'hocky', CAST(:term AS text), 'mamonhoc', s.code, 'tenmonhoc', s.name_vi,
  'ketqua', y.subjects -> s.code ->> (CAST(:term AS int) - 1)) AS value
{_ROLL}
JOIN curriculum_course o ON o.school_id = e.school_id AND o.class_id = e.class_id
JOIN curriculum_subject s ON s.id = o.subject_id
LEFT JOIN assessment_year y ON y.school_id = e.school_id AND y.year_id = e.year_id AND y.learner_id = l.id
{_SCOPE} ORDER BY k.grade, k.position, k.name, c.sort_key, l.id, s.position, s.code"""

_YEAR_RESULTS = f"""
SELECT {_HEAD}, '' AS part, jsonb_build_object({_WHO}, 'hoctap', y.learning, 'renluyen', y.training,
  'hoctaplai', CASE WHEN y.final_learning <> y.learning THEN y.final_learning END,
  'renluyenlai', CASE WHEN y.final_training <> y.training THEN y.final_training END,
  'duoclenlop', y.promotion, 'danhhieu', y.title) AS value
{_ROLL} LEFT JOIN assessment_year y ON y.school_id = e.school_id AND y.year_id = e.year_id AND y.learner_id = l.id
{_SCOPE} {_ORDER}"""

_ROLL_ONLY = f"SELECT {_HEAD}, '' AS part, jsonb_build_object({_WHO}) AS value {_ROLL} {_SCOPE} {_ORDER}"


def _stream(statement: str, ctx: Context, scope: Scope) -> Iterator[list[SourceRow]]:
    given: dict[str, Any] = {
        "school": ctx.school_id, "year": scope.year_id, "class": scope.class_id, "grade": scope.grade,
        "term": scope.term,
    }  # fmt: skip
    options = {"stream_results": True, "yield_per": PORTION}
    for portion in ctx.session.execute(text(statement), given, execution_options=options).partitions():
        yield [SourceRow(row.key, row.learner_id, row.class_id, row.full_name, row.class_name, row.part, row.value)
               for row in portion]  # fmt: skip


def _attendance(ctx: Context, scope: Scope) -> Iterator[list[SourceRow]]:
    """Totals come from the attendance module; what cannot be said yet stays empty, which the check reports."""
    totals = attendance.totals(ctx, class_id=scope.class_id, year_id=scope.year_id, term=scope.term or None)
    for portion in _stream(_ROLL_ONLY, ctx, scope):
        yield [_with_totals(row, scope.term, totals) for row in portion]


def _with_totals(row: SourceRow, term: int, totals: Mapping[UUID, attendance.AbsenceTotals]) -> SourceRow:
    held = totals.get(row.learner_id) if row.learner_id else None
    counted = held is not None and (held.sessions_registered > 0 or held.source != "registers")
    told = {"hocky": str(term)} if term else {}
    if held is not None and counted:
        told |= {"nghicophep": str(held.excused), "nghikhongphep": str(held.unexcused)}
    return SourceRow(row.key, row.learner_id, row.class_id, row.full_name, row.class_name, "", {**row.value, **told})


def _of(statement: str) -> Callable[[Context, Scope], Iterator[list[SourceRow]]]:
    return lambda ctx, scope: _stream(statement, ctx, scope)


SOURCES: Mapping[str, Callable[[Context, Scope], Iterator[list[SourceRow]]]] = {
    "profiles": _of(_PROFILES),
    "classes": _of(_CLASSES),
    "term_marks": _of(_TERM_MARKS),
    "year_results": _of(_YEAR_RESULTS),
    "attendance": _attendance,
}

_SIZES = {
    "classes": "SELECT count(*) FROM learners_class k WHERE k.school_id = :school AND k.year_id = :year"
    " AND (CAST(:class AS uuid) IS NULL OR k.id = :class) AND (CAST(:grade AS int) IS NULL OR k.grade = :grade)",
    "term_marks": f"SELECT count(*) {_ROLL} JOIN curriculum_course o ON o.school_id = e.school_id"
    f" AND o.class_id = e.class_id {_SCOPE}",
}
_PUPILS = f"SELECT count(*) {_ROLL} {_SCOPE}"


def size_of(ctx: Context, kind: str, scope: Scope) -> int:
    """How many rows a batch would have."""
    given = {"school": ctx.school_id, "year": scope.year_id, "class": scope.class_id, "grade": scope.grade}
    return int(ctx.session.execute(text(_SIZES.get(kind, _PUPILS)), given).scalar_one())
