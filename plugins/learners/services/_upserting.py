"""From the temporary tables to the records, in sets: the same statements for one pupil and for a hundred thousand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.sdk import Context

_DETAILS = (
    "code, personal_id, suffix, birth, ethnic, nationality, paper_kind, paper_number, birth_province, address_detail,"
    " address_commune, address_province, address_former, address_original, disability, insurance, remark"
)
_NAMES = [name.strip() for name in _DETAILS.split(",")]

TABLES = (
    "core_person", "core_relation", "learners_learner", "learners_enrolment", "learners_policy_group",
    "learners_class", "learners_import_row",
)  # fmt: skip
"""What an import fills, for `refresh_statistics`."""

_HAS_CHANGES = text("SELECT EXISTS (SELECT FROM learners_stage WHERE NOT is_new)")
_PERSONS_NEW = text("""
    INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, birth_date, birth_year, phones,
                             email, deceased, created_at, updated_at)
    SELECT id, :school, full_name, sort_key, search_text, sex, birth_date, birth_year, '{}', '', false, :now, :now
    FROM learners_stage WHERE is_new""")
_PERSONS = text("""
    UPDATE core_person p SET full_name = s.full_name, sort_key = s.sort_key, search_text = s.search_text, sex = s.sex,
           birth_date = s.birth_date, birth_year = s.birth_year, updated_at = :now
    FROM learners_stage s WHERE p.id = s.id AND NOT s.is_new AND p.school_id = :school""")
_LEARNERS_NEW = text(
    f"INSERT INTO learners_learner (id, school_id, {_DETAILS}, version, created_at, updated_at)"  # noqa: S608
    f" SELECT id, :school, {_DETAILS}, 1, :now, :now FROM learners_stage WHERE is_new"
)
_SET = ", ".join(f"{name} = s.{name}" for name in _NAMES)
_LEARNERS = text(
    f"UPDATE learners_learner l SET {_SET}, version = l.version + 1, updated_at = :now"  # noqa: S608
    " FROM learners_stage s WHERE l.id = s.id AND NOT s.is_new AND l.school_id = :school"
)

# A parent who already is the child's parent of that kind keeps the record, also when the name was corrected.
_PARENTS_DIRECT = text("""
    UPDATE learners_stage_parent s SET person_id = found.person_id, is_direct = true
    FROM (SELECT DISTINCT ON (s.id) s.id, p.id AS person_id
          FROM learners_stage_parent s JOIN learners_stage_relation n ON n.staged = s.number
          JOIN core_relation r ON r.school_id = :school AND r.related_id = n.child_id AND r.kind = n.kind
          JOIN core_person p ON p.id = r.person_id
          WHERE p.sort_key = s.sort_key OR p.phones && s.phones ORDER BY s.id, p.id) found
    WHERE s.id = found.id""")
# Otherwise somebody of this school with the same name and a phone in common, who is no pupil: the siblings' parent.
_PARENTS_KNOWN = text("""
    UPDATE learners_stage_parent s SET person_id = found.person_id
    FROM (SELECT DISTINCT ON (s.id) s.id, p.id AS person_id
          FROM (SELECT id, sort_key, unnest(phones) AS phone FROM learners_stage_parent WHERE person_id IS NULL) s
          JOIN (SELECT id, sort_key, unnest(phones) AS phone FROM core_person
                WHERE school_id = :school AND phones <> '{}'
                  AND sort_key IN (SELECT sort_key FROM learners_stage_parent)) p USING (sort_key, phone)
          WHERE NOT EXISTS (SELECT FROM learners_learner l WHERE l.id = p.id) ORDER BY s.id, p.id) found
    WHERE s.id = found.id""")
_PARENTS_CHANGED = text("""
    UPDATE core_person p SET full_name = CASE WHEN s.is_direct THEN s.full_name ELSE p.full_name END,
           sort_key = CASE WHEN s.is_direct THEN s.sort_key ELSE p.sort_key END, search_text = s.search_text,
           phones = CASE WHEN s.is_direct THEN s.phones
                    ELSE ARRAY(SELECT DISTINCT unnest(p.phones || s.phones)) END,
           birth_year = coalesce(s.birth_year, p.birth_year), deceased = p.deceased OR s.deceased, updated_at = :now
    FROM learners_stage_parent s
    WHERE p.id = s.person_id AND p.school_id = :school
      AND (p.full_name, p.phones, p.birth_year, p.deceased) IS DISTINCT FROM
          (s.full_name, s.phones, s.birth_year, s.deceased)""")
_PARENTS_NEW = text("""
    INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, birth_year, phones, email, deceased,
                             created_at, updated_at)
    SELECT id, :school, full_name, sort_key, search_text, 0, birth_year, phones, '', deceased, :now, :now
    FROM learners_stage_parent WHERE person_id IS NULL""")
_RELATIONS_OLD = text("""
    DELETE FROM core_relation r USING learners_stage s
    WHERE r.school_id = :school AND r.related_id = s.id AND NOT s.is_new AND r.kind IN ('father', 'mother')
      AND NOT EXISTS (SELECT FROM learners_stage_relation n JOIN learners_stage_parent p ON p.number = n.staged
                      WHERE n.child_id = s.id AND n.kind = r.kind AND coalesce(p.person_id, p.id) = r.person_id)""")
_RELATIONS_NEW = text("""
    INSERT INTO core_relation (id, school_id, person_id, related_id, kind, may_access, created_at, updated_at)
    SELECT uuidv7(), :school, coalesce(p.person_id, p.id), n.child_id, n.kind, true, :now, :now
    FROM learners_stage_relation n JOIN learners_stage_parent p ON p.number = n.staged""")
_RELATIONS_MISSING = text(f"{_RELATIONS_NEW.text} ON CONFLICT DO NOTHING")

_ENROLMENTS_OLD = text("""
    UPDATE learners_enrolment e SET ends_on = greatest(e.starts_on, :today), closed_by = :import, updated_at = :now
    FROM learners_stage s JOIN learners_class k ON k.school_id = :school AND k.year_id = :year AND k.name = s.class_name
    WHERE e.school_id = :school AND e.year_id = :year AND e.learner_id = s.id AND e.ends_on IS NULL
      AND e.class_id <> k.id AND NOT s.is_new""")
_ENROLMENTS_NEW = text("""
    INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, import_id, created_at,
                                    updated_at)
    SELECT uuidv7(), :school, s.id, :year, k.id, :starts_on, :import, :now, :now
    FROM learners_stage s JOIN learners_class k ON k.school_id = :school AND k.year_id = :year AND k.name = s.class_name
    WHERE s.is_new""")
_ENROLMENTS_MOVED = text("""
    INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, import_id, created_at,
                                    updated_at)
    SELECT uuidv7(), :school, s.id, :year, k.id,
           CASE WHEN EXISTS (SELECT FROM learners_enrolment e WHERE e.learner_id = s.id AND e.year_id = :year)
                THEN :today ELSE :starts_on END, :import, :now, :now
    FROM learners_stage s JOIN learners_class k ON k.school_id = :school AND k.year_id = :year AND k.name = s.class_name
    WHERE NOT s.is_new AND NOT EXISTS (SELECT FROM learners_enrolment e WHERE e.learner_id = s.id AND e.year_id = :year
                                       AND e.ends_on IS NULL)""")
_POLICIES_OLD = text("""
    UPDATE learners_policy_group g SET valid_to = greatest(g.valid_from, :today), closed_by = :import, updated_at = :now
    FROM learners_stage s
    WHERE g.school_id = :school AND g.learner_id = s.id AND g.valid_to IS NULL AND NOT s.is_new
      AND NOT g.by_hand AND g.name IS DISTINCT FROM s.policy""")
_POLICIES_NEW = text("""
    INSERT INTO learners_policy_group (id, school_id, learner_id, name, valid_from, import_id, created_at, updated_at)
    SELECT uuidv7(), :school, s.id, s.policy, :starts_on, :import, :now, :now
    FROM learners_stage s WHERE s.is_new AND s.policy IS NOT NULL""")
_POLICIES_MOVED = text("""
    INSERT INTO learners_policy_group (id, school_id, learner_id, name, valid_from, import_id, created_at, updated_at)
    SELECT uuidv7(), :school, s.id, s.policy, :today, :import, :now, :now
    FROM learners_stage s
    WHERE NOT s.is_new AND s.policy IS NOT NULL AND NOT EXISTS (SELECT FROM learners_policy_group g
          WHERE g.school_id = :school AND g.learner_id = s.id AND g.valid_to IS NULL AND g.name = s.policy)""")
_VERSIONS = text("""
    UPDATE learners_import_row r SET learner_id = s.id, version = l.version
    FROM learners_stage s JOIN learners_learner l ON l.id = s.id
    WHERE NOT s.is_new AND r.import_id = :import AND r.number = s.number AND r.school_id = :school""")


def upsert(
    ctx: Context,
    *,
    year: UUID,
    starts_on: date,
    today: date,
    now: datetime,
    import_id: UUID | None,
    with_enrolments: bool = True,
) -> None:
    """Write what the temporary tables hold.

    Args:
        year: the school year of classes and enrolments.
        starts_on: first day of new enrolments; `today` is the day of a change of class.
        import_id: the import that all this belongs to, None for a single entry by hand.
        with_enrolments: False where enrolments and policy groups are restored one by one (undo).
    """
    parameters: dict[str, Any] = {
        "school": ctx.school_id,
        "year": year,
        "starts_on": starts_on,
        "today": today,
        "now": now,
        "import": import_id,
    }
    changes = ctx.session.execute(_HAS_CHANGES).scalar_one()
    statements = [_PERSONS_NEW, _LEARNERS_NEW]
    if changes:
        statements += [_PERSONS, _LEARNERS, _PARENTS_DIRECT]
    statements += [_PARENTS_KNOWN, _PARENTS_CHANGED, _PARENTS_NEW]
    statements += [_RELATIONS_OLD, _RELATIONS_MISSING] if changes else [_RELATIONS_NEW]
    if with_enrolments:
        statements += [_ENROLMENTS_NEW, _POLICIES_NEW]
        if changes:
            statements += [_ENROLMENTS_OLD, _ENROLMENTS_MOVED, _POLICIES_OLD, _POLICIES_MOVED]
    for statement in statements:
        ctx.session.execute(statement, parameters)
    if changes and import_id is not None and with_enrolments:
        ctx.session.execute(_VERSIONS, parameters)
