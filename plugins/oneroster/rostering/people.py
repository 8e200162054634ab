"""Users, enrolments and demographics."""

from __future__ import annotations

from ..collection import Collection, Links, Object, Row
from ..grammar import Field

# Everybody with a part in the school: pupils, who teaches, who cares for a pupil and may see the record.
_USERS = """
SELECT p.id, greatest(p.updated_at, l.updated_at, t.updated_at) AS modified, p.full_name, p.email, p.phones,
  coalesce(l.code, nullif(t.code, '')) AS identifier, p.school_id,
  array_remove(ARRAY[
    CASE WHEN l.id IS NOT NULL THEN 'student' END, CASE WHEN t.id IS NOT NULL THEN 'teacher' END,
    CASE WHEN r.kinds && ARRAY['father', 'mother'] THEN 'parent' END,
    CASE WHEN 'guardian' = ANY(r.kinds) THEN 'guardian' END], NULL) AS roles,
  CASE WHEN l.id IS NOT NULL THEN now_in.grade IS NOT NULL ELSE coalesce(t.active, true) END AS enabled,
  now_in.grade,
  CASE WHEN l.id IS NULL THEN '{}'::uuid[] ELSE ARRAY(SELECT a.person_id FROM core_relation a
    WHERE a.related_id = p.id AND a.may_access ORDER BY a.kind, a.person_id) END AS agents
FROM core_person p
LEFT JOIN learners_learner l ON l.id = p.id
LEFT JOIN curriculum_teacher t ON t.id = p.id
LEFT JOIN LATERAL (SELECT array_agg(DISTINCT k.kind) AS kinds FROM core_relation k
  WHERE k.person_id = p.id AND k.may_access) r ON true
LEFT JOIN LATERAL (SELECT lpad(k.grade::text, 2, '0') AS grade FROM learners_enrolment e
  JOIN learners_class k ON k.id = e.class_id JOIN core_school_year y ON y.id = e.year_id AND y.current
  WHERE e.learner_id = p.id AND e.ends_on IS NULL LIMIT 1) now_in ON true
WHERE p.school_id = :school AND (l.id IS NOT NULL OR t.id IS NOT NULL OR r.kinds IS NOT NULL)"""


def _user(row: Row, links: Links) -> Object:
    words = row.full_name.split()
    org = links.to("org", "orgs", row.school_id)
    return {
        "enabledUser": "true" if row.enabled else "false",
        "givenName": words[-1],
        "familyName": words[0] if len(words) > 1 else words[-1],
        "middleName": " ".join(words[1:-1]) or None,
        "identifier": row.identifier,
        "email": row.email or None,
        "phone": row.phones[0] if row.phones else None,
        "primaryOrg": org,
        "roles": [
            {"roleType": "primary" if at == 0 else "secondary", "role": role, "org": org}
            for at, role in enumerate(row.roles)
        ],
        "grades": [row.grade] if row.grade else None,
        "agents": links.many("user", "users", row.agents) or None,
    }


_NAME = "regexp_split_to_array(x.full_name, ' ')"
USERS = Collection(
    "users",
    "user",
    _USERS,
    {
        "enabledUser": Field("x.enabled::text"),
        "givenName": Field(f"({_NAME})[cardinality({_NAME})]"),
        "familyName": Field(f"({_NAME})[1]"),
        "identifier": Field("x.identifier"),
        "email": Field("x.email"),
        "phone": Field("x.phones[1]"),
        "grades": Field("ARRAY[x.grade]", "list"),
        "roles.role": Field("x.roles", "list"),
        "role": Field("x.roles", "list"),
        "primaryOrg.sourcedId": Field("x.school_id::text"),
        "agents.sourcedId": Field("x.agents::text[]", "list"),
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
)  # fmt: skip
STUDENTS = "'student' = ANY(x.roles)"
TEACHERS = "'teacher' = ANY(x.roles)"

# A pupil is enrolled in the class of the school (their primary one) and in every subject that it is taught.
_ENROLMENTS = """
SELECT e.id, e.updated_at AS modified, 'student' AS role, true AS main, e.starts_on AS begins, e.ends_on AS ends,
  e.class_id AS class, e.learner_id AS person, e.school_id
FROM learners_enrolment e WHERE e.school_id = :school
UNION ALL
SELECT md5(e.id::text || c.id)::uuid, greatest(e.updated_at, c.updated_at), 'student', false, e.starts_on, e.ends_on,
  c.id, e.learner_id, e.school_id
FROM learners_enrolment e JOIN curriculum_course c ON c.school_id = e.school_id AND c.class_id = e.class_id
WHERE e.school_id = :school
UNION ALL
SELECT t.id, t.updated_at, 'teacher', t.ends_on IS NULL, t.starts_on, t.ends_on, t.course_id, t.teacher_id, t.school_id
FROM curriculum_teaching t WHERE t.school_id = :school
UNION ALL
SELECT h.id, h.updated_at, 'teacher', h.ends_on IS NULL, h.starts_on, h.ends_on, h.class_id, h.teacher_id, h.school_id
FROM curriculum_homeroom h WHERE h.school_id = :school"""


def _enrolment(row: Row, links: Links) -> Object:
    return {
        "role": row.role,
        "primary": "true" if row.main else "false",
        "beginDate": row.begins.isoformat(),
        "endDate": row.ends.isoformat() if row.ends else None,
        "user": links.to("user", "users", row.person),
        "class": links.to("class", "classes", getattr(row, "class")),
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
        "class.sourcedId": Field("x.class::text"),
        "school.sourcedId": Field("x.school_id::text"),
    },
    _enrolment,
    frozenset({"role", "primary", "beginDate", "endDate", "user", "class", "school", "metadata"}),
)

_DEMOGRAPHICS = """
SELECT p.id, greatest(p.updated_at, l.updated_at) AS modified, p.birth_date,
  CASE p.sex WHEN 1 THEN 'male' WHEN 2 THEN 'female' ELSE 'unspecified' END AS sex
FROM learners_learner l JOIN core_person p ON p.id = l.id WHERE l.school_id = :school"""


def _demographics(row: Row, links: Links) -> Object:
    return {"birthDate": row.birth_date.isoformat() if row.birth_date else None, "sex": row.sex}


DEMOGRAPHICS = Collection(
    "demographics",
    "demographics",
    _DEMOGRAPHICS,
    {"birthDate": Field("x.birth_date", "date"), "sex": Field("x.sex")},
    _demographics,
    frozenset(
        {
            "birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
            "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
            "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
            "publicSchoolResidenceStatus", "metadata",
        }
    ),
)  # fmt: skip
