"""Users, enrolments and demographics."""

from __future__ import annotations

from ..collection import Collection, Links, Located, Object, Row, is_uuid
from ..grammar import NOTHING, Field

# Everybody with a part in the school: pupils, who teaches, who cares for a pupil and may see the record. What is looked
# up for a person stands in the list of columns: who only counts or pages does not pay for it.
_CARES = "FROM core_relation k WHERE k.person_id = p.id AND k.may_access"
_GRADE = """(SELECT lpad(k.grade::text, 2, '0') FROM learners_enrolment e
  JOIN learners_class k ON k.id = e.class_id JOIN core_school_year y ON y.id = e.year_id AND y.current
  WHERE e.learner_id = l.id AND e.ends_on IS NULL LIMIT 1)"""
_COLUMNS = f"""
SELECT p.id, p.full_name, p.email, p.phones, p.school_id, coalesce(l.code, nullif(t.code, '')) AS identifier,
  l.id IS NOT NULL AS learner, t.id IS NOT NULL AS teaching,
  greatest(p.updated_at, l.updated_at, t.updated_at,
    (SELECT max(e.updated_at) FROM learners_enrolment e WHERE e.learner_id = p.id),
    (SELECT max(k.updated_at) FROM core_relation k WHERE k.related_id = p.id),
    (SELECT max(k.updated_at) FROM core_relation k WHERE k.person_id = p.id)) AS modified,
  array_remove(ARRAY[
    CASE WHEN l.id IS NOT NULL THEN 'student' END, CASE WHEN t.id IS NOT NULL THEN 'teacher' END,
    CASE WHEN EXISTS (SELECT {_CARES} AND k.kind IN ('father', 'mother')) THEN 'parent' END,
    CASE WHEN EXISTS (SELECT {_CARES} AND k.kind = 'guardian') THEN 'guardian' END], NULL) AS roles,
  NOT p.deceased AND CASE WHEN l.id IS NOT NULL THEN {_GRADE} IS NOT NULL ELSE coalesce(t.active, true) END AS enabled,
  {_GRADE} AS grade,
  CASE WHEN l.id IS NULL THEN '{{}}'::uuid[] ELSE ARRAY(SELECT a.person_id FROM core_relation a
    WHERE a.related_id = p.id AND a.may_access ORDER BY a.kind, a.person_id) END AS agents"""  # noqa: S608
# The school stands beside each table once more: then its wall is asked once a statement and not once a row.
_USERS = f"""{_COLUMNS}
FROM core_person p
LEFT JOIN learners_learner l ON l.id = p.id AND l.school_id = :school
LEFT JOIN curriculum_teacher t ON t.id = p.id AND t.school_id = :school
WHERE p.school_id = :school AND (l.id IS NOT NULL OR t.id IS NOT NULL
  OR EXISTS (SELECT {_CARES} AND k.school_id = :school))"""
_MEMBERS = """
SELECT id FROM learners_learner WHERE school_id = :school
UNION SELECT id FROM curriculum_teacher WHERE school_id = :school
UNION SELECT person_id FROM core_relation WHERE school_id = :school AND may_access"""
_THESE = f"""{_COLUMNS}
FROM core_person p
LEFT JOIN LATERAL (SELECT * FROM learners_learner one WHERE one.id = p.id LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT * FROM curriculum_teacher one WHERE one.id = p.id LIMIT 1) t ON true
WHERE p.school_id = :school AND p.id = ANY(CAST(:ids AS uuid[]))"""  # noqa: S608


def _user(row: Row, links: Links) -> Object:
    words = row.full_name.split()
    org = links.to("org", "orgs", row.school_id)
    return {
        "userMasterIdentifier": str(row.id),
        "username": row.identifier or str(row.id),
        "enabledUser": "true" if row.enabled else "false",
        "givenName": words[-1],
        "familyName": words[0],
        "middleName": " ".join(words[1:-1]),
        "identifier": row.identifier,
        "email": row.email,
        "phone": row.phones[0] if row.phones else None,
        "primaryOrg": org,
        "roles": [
            {"roleType": "primary" if at == 0 else "secondary", "role": role, "org": org}
            for at, role in enumerate(row.roles)
        ],
        "grades": [row.grade] if row.grade else None,
        "agents": links.many("user", "users", row.agents) or None,
    }


_WORDS = "regexp_split_to_array(btrim(x.full_name), '\\s+')"
USERS = Collection(
    "users",
    "user",
    _USERS,
    {
        "userMasterIdentifier": Field("x.id::text"),
        "username": Field("coalesce(x.identifier, x.id::text)"),
        "enabledUser": Field("x.enabled::text"),
        "givenName": Field(f"({_WORDS})[cardinality({_WORDS})]"),
        "familyName": Field(f"({_WORDS})[1]"),
        "middleName": Field(f"nullif(array_to_string(({_WORDS})[2:cardinality({_WORDS}) - 1], ' '), '')"),
        "identifier": Field("x.identifier"),
        "email": Field("nullif(x.email, '')"),
        "phone": Field("x.phones[1]"),
        "grades": Field("array_remove(ARRAY[x.grade], NULL)", "list"),
        "roles.role": Field("x.roles", "any"),
        "roles.org.sourcedId": Field("x.school_id::text"),
        # So are they called in 1.1, and programs of today still ask by it.
        "role": Field("x.roles", "any"),
        "orgs.sourcedId": Field("x.school_id::text"),
        "primaryOrg.sourcedId": Field("x.school_id::text"),
        "agents.sourcedId": Field("x.agents::text[]", "any"),
        **dict.fromkeys(
            ("sms", "preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns", "password"), NOTHING
        ),
    },
    _user,
    frozenset(
        {
            "userMasterIdentifier", "username", "userIds", "enabledUser", "givenName", "familyName", "middleName",
            "preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns", "roles", "userProfiles",
            "primaryOrg", "identifier", "email", "sms", "phone", "agents", "grades", "password", "resources",
            "metadata",
        }
    ),
    members=_MEMBERS,
    these=_THESE,
)  # fmt: skip
STUDENTS, TEACHERS = "x.learner", "x.teaching"

# A pupil is enrolled in the class of the school (their primary one) and in every subject that it is taught. The id
# of an enrolment in a course is made of both: it is found again without a search, and stays as long as they do.
_ENROLMENTS = """
SELECT e.id::text AS id, e.id AS part, NULL::uuid AS course, e.class_id AS grp, e.updated_at AS modified,
  'student' AS role, true AS main, e.starts_on AS begins, e.ends_on AS ends, e.learner_id AS person, e.school_id
FROM learners_enrolment e WHERE e.school_id = :school
UNION ALL
SELECT e.id || '.' || c.id, e.id, c.id, c.id, greatest(e.updated_at, c.updated_at), 'student', false, e.starts_on,
  e.ends_on, e.learner_id, e.school_id
FROM curriculum_course c JOIN learners_enrolment e ON e.school_id = c.school_id AND e.class_id = c.class_id
WHERE c.school_id = :school
UNION ALL
SELECT t.id::text, t.id, NULL, t.course_id, t.updated_at, 'teacher', t.ends_on IS NULL, t.starts_on, t.ends_on,
  t.teacher_id, t.school_id
FROM curriculum_teaching t WHERE t.school_id = :school
UNION ALL
SELECT h.id::text, h.id, NULL, h.class_id, h.updated_at, 'teacher', h.ends_on IS NULL, h.starts_on, h.ends_on,
  h.teacher_id, h.school_id
FROM curriculum_homeroom h WHERE h.school_id = :school"""
_ENROLLED = "SELECT class_id, count(*) AS n FROM learners_enrolment WHERE school_id = :school GROUP BY class_id"
_BY_CLASS = f"""
SELECT class_id AS grp, n FROM ({_ENROLLED}) e
UNION ALL
SELECT c.id, e.n FROM curriculum_course c JOIN ({_ENROLLED}) e ON e.class_id = c.class_id WHERE c.school_id = :school
UNION ALL
SELECT course_id, count(*) FROM curriculum_teaching WHERE school_id = :school GROUP BY course_id
UNION ALL
SELECT class_id, count(*) FROM curriculum_homeroom WHERE school_id = :school GROUP BY class_id"""  # noqa: S608


def _located(id: str) -> Located | None:
    parts = id.split(".")
    if len(parts) > 2 or not all(map(is_uuid, parts)):
        return None
    if len(parts) == 1:
        return "x.part = CAST(:id AS uuid) AND x.course IS NULL", {"id": id}
    return "x.part = CAST(:id AS uuid) AND x.course = CAST(:course AS uuid)", {"id": parts[0], "course": parts[1]}


def _enrolment(row: Row, links: Links) -> Object:
    return {
        "role": row.role,
        "primary": "true" if row.main else "false",
        "beginDate": row.begins.isoformat(),
        "endDate": row.ends.isoformat() if row.ends else None,
        "user": links.to("user", "users", row.person),
        "class": links.to("class", "classes", row.grp),
        "school": links.to("org", "orgs", row.school_id),
    }


ENROLMENTS = Collection(
    "enrollments",
    "enrollment",
    _ENROLMENTS,
    {
        "role": Field("x.role"),
        "primary": Field("x.main::text"),
        "beginDate": Field("x.begins", "date"),
        "endDate": Field("x.ends", "date"),
        "user.sourcedId": Field("x.person::text"),
        "class.sourcedId": Field("x.grp::text"),
        "school.sourcedId": Field("x.school_id::text"),
    },
    _enrolment,
    frozenset({"role", "primary", "beginDate", "endDate", "user", "class", "school", "metadata"}),
    locate=_located,
    order="x.grp, x.part",
    groups=_BY_CLASS,
)

_DEMOGRAPHICS = """
SELECT p.id, greatest(p.updated_at, l.updated_at) AS modified, p.birth_date,
  CASE p.sex WHEN 1 THEN 'male' WHEN 2 THEN 'female' ELSE 'unspecified' END AS sex
FROM learners_learner l JOIN core_person p ON p.id = l.id WHERE l.school_id = :school"""


def _demographics(row: Row, links: Links) -> Object:
    return {"birthDate": row.birth_date.isoformat() if row.birth_date else None, "sex": row.sex}


_UNSAID = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation",
    "cityOfBirth", "publicSchoolResidenceStatus",
)  # fmt: skip
"""What the standard knows and a Vietnamese school does not keep in these words."""
DEMOGRAPHICS = Collection(
    "demographics",
    "demographics",
    _DEMOGRAPHICS,
    {"birthDate": Field("x.birth_date", "date"), "sex": Field("x.sex"), **dict.fromkeys(_UNSAID, NOTHING)},
    _demographics,
    frozenset({"birthDate", "sex", "metadata", *_UNSAID}),
)
