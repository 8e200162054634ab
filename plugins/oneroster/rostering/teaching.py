"""Courses and classes.

A course of the standard is a subject of a grade in a year; a class of the standard is such a subject as one class of
the school is taught it (scheduled), and each class of the school itself (homeroom), which hangs on a course of its own.
"""

from __future__ import annotations

from ..collection import Collection, Links, Object, Row
from ..grammar import NOTHING, Field

HOMEROOM_COURSE = "md5('homeroom' || k.school_id || k.year_id || k.grade)::uuid"
"""SQL: the id of the course of all homeroom classes of a grade."""
_COURSES = f"""
SELECT p.id, greatest(p.updated_at, s.updated_at) AS modified, s.name_vi || ' ' || p.grade AS title,
  s.code || p.grade AS code, lpad(p.grade::text, 2, '0') AS grade, s.name_vi AS subject, s.code AS subject_code,
  p.year_id, p.school_id
FROM curriculum_plan p JOIN curriculum_subject s ON s.id = p.subject_id WHERE p.school_id = :school
UNION ALL
SELECT {HOMEROOM_COURSE}, max(k.created_at), 'Lớp chủ nhiệm khối ' || k.grade, 'chunhiem' || k.grade,
  lpad(k.grade::text, 2, '0'), NULL, NULL, k.year_id, k.school_id
FROM learners_class k WHERE k.school_id = :school GROUP BY k.school_id, k.year_id, k.grade"""  # noqa: S608


def _course(row: Row, links: Links) -> Object:
    return {
        "title": row.title,
        "courseCode": row.code,
        "grades": [row.grade],
        "subjects": [row.subject] if row.subject else None,
        "subjectCodes": [row.subject_code] if row.subject_code else None,
        "schoolYear": links.to("academicSession", "academicSessions", row.year_id),
        "org": links.to("org", "orgs", row.school_id),
    }


COURSES = Collection(
    "courses",
    "course",
    _COURSES,
    {
        "title": Field("x.title"),
        "courseCode": Field("x.code"),
        "grades": Field("ARRAY[x.grade]", "list"),
        "subjects": Field("ARRAY[x.subject]", "list"),
        "subjectCodes": Field("ARRAY[x.subject_code]", "list"),
        "schoolYear.sourcedId": Field("x.year_id::text"),
        "org.sourcedId": Field("x.school_id::text"),
    },
    _course,
    frozenset({"title", "courseCode", "grades", "subjects", "subjectCodes", "schoolYear", "org", "metadata"}),
)

_TERMS = """coalesce(
    nullif(ARRAY(SELECT t.id FROM core_term t WHERE t.school_id = k.school_id AND t.year_id = k.year_id
      ORDER BY t.number), '{}'), ARRAY[k.year_id])"""
"""A class belongs to the terms of its year; to the year itself where the school has entered none."""
_CLASSES = f"""
SELECT c.id, greatest(c.updated_at, k.updated_at, s.updated_at) AS modified, k.name || ' - ' || s.name_vi AS title,
  k.name || '-' || s.code AS code, 'scheduled' AS type, lpad(k.grade::text, 2, '0') AS grade, s.name_vi AS subject,
  s.code AS subject_code, p.id AS course, k.school_id, {_TERMS} AS terms
FROM curriculum_course c
JOIN learners_class k ON k.id = c.class_id
JOIN curriculum_subject s ON s.id = c.subject_id
JOIN curriculum_plan p ON p.school_id = c.school_id AND p.year_id = c.year_id AND p.grade = k.grade
  AND p.subject_id = c.subject_id
WHERE c.school_id = :school
UNION ALL
SELECT k.id, k.updated_at, k.name, k.name, 'homeroom', lpad(k.grade::text, 2, '0'), NULL, NULL, {HOMEROOM_COURSE},
  k.school_id, {_TERMS}
FROM learners_class k WHERE k.school_id = :school"""  # noqa: S608


def _class(row: Row, links: Links) -> Object:
    return {
        "title": row.title,
        "classCode": row.code,
        "classType": row.type,
        "grades": [row.grade],
        "subjects": [row.subject] if row.subject else None,
        "subjectCodes": [row.subject_code] if row.subject_code else None,
        "course": links.to("course", "courses", row.course),
        "school": links.to("org", "orgs", row.school_id),
        "terms": links.many("academicSession", "academicSessions", row.terms),
    }


CLASSES = Collection(
    "classes",
    "class",
    _CLASSES,
    {
        "title": Field("x.title"),
        "classCode": Field("x.code"),
        "classType": Field("x.type"),
        "grades": Field("ARRAY[x.grade]", "list"),
        "subjects": Field("ARRAY[x.subject]", "list"),
        "subjectCodes": Field("ARRAY[x.subject_code]", "list"),
        "course.sourcedId": Field("x.course::text"),
        "school.sourcedId": Field("x.school_id::text"),
        "terms.sourcedId": Field("x.terms::text[]", "any"),
        "location": NOTHING,
        "periods": NOTHING,
    },
    _class,
    frozenset(
        {
            "title", "classCode", "classType", "location", "grades", "subjects", "subjectCodes", "course", "school",
            "terms", "periods", "resources", "metadata",
        }
    ),
)  # fmt: skip
