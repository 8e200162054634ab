"""The canonical record of a pupil as JSON, built by the database: for comparing, undoing and exporting.

The same field names as `rules.record.LearnerValue`, so that an import, the record and an export speak one language.
"""

from __future__ import annotations

_PARENT = """
    (SELECT jsonb_build_object('hovaten', p.full_name, 'namsinh', p.birth_year, 'sdt', to_jsonb(p.phones))
            || CASE WHEN p.deceased THEN '{"damat": true}'::jsonb ELSE '{}'::jsonb END
     FROM core_relation r JOIN core_person p ON p.id = r.person_id
     WHERE r.school_id = l.school_id AND r.related_id = l.id AND r.kind = '<kind>'
     ORDER BY r.created_at DESC, r.id LIMIT 1)"""

_GUARDIAN = """
    (SELECT jsonb_build_object('hovaten', p.full_name, 'sdt', to_jsonb(p.phones))
     FROM core_relation r JOIN core_person p ON p.id = r.person_id
     WHERE r.school_id = l.school_id AND r.related_id = l.id AND r.kind = 'guardian'
     ORDER BY r.created_at DESC, r.id LIMIT 1)"""

_RECORD = """jsonb_build_object(
    'mahocsinh', l.code, 'hovaten', c.full_name, 'phanbiet', l.suffix, 'ngaysinh', l.birth, 'gioitinh', c.sex,
    'dantoc', l.ethnic, 'quoctich', l.nationality, 'sodinhdanh', l.personal_id,
    'giayto', CASE WHEN l.paper_number IS NOT NULL
              THEN jsonb_build_object('loai', l.paper_kind, 'so', l.paper_number) END,
    'lop', k.name, 'noisinh_tinh', l.birth_province,
    'noio', CASE WHEN coalesce(l.address_detail, l.address_commune, l.address_province, l.address_original) IS NOT NULL
            THEN jsonb_build_object('chitiet', l.address_detail, 'xa', l.address_commune, 'tinh', l.address_province,
                                    'diachicu', l.address_former)
                 || CASE WHEN l.address_original IS NULL THEN '{}'::jsonb
                    ELSE jsonb_build_object('goc', l.address_original) END END,
    'cha', <father>,
    'me', <mother>,
    'nguoigiamho', <guardian>,
    'doituongchinhsach', (SELECT g.name FROM learners_policy_group g WHERE g.learner_id = l.id
                          AND g.school_id = l.school_id
                          AND (g.valid_to IS NULL OR g.by_hand AND g.valid_to >= CURRENT_DATE)
                          ORDER BY g.by_hand, g.valid_from DESC LIMIT 1),
    'khuyettat', l.disability, 'bhyt', l.insurance, 'ghichu', l.remark)"""

VALUE = (
    _RECORD.replace("<father>", _PARENT.replace("<kind>", "father"))
    .replace("<mother>", _PARENT.replace("<kind>", "mother"))
    .replace("<guardian>", _GUARDIAN)
)

PRESENT = """
    LEFT JOIN LATERAL (SELECT n.class_id FROM learners_enrolment n
                       WHERE n.learner_id = l.id AND n.year_id = :year AND n.ends_on IS NULL LIMIT 1) e ON true
    LEFT JOIN learners_class k ON k.id = e.class_id"""
"""The present class, looked up pupil by pupil through the index.

Lateral with a limit, and without the school in its conditions: as a plain outer join under row-level security the
planner reads all enrolments of the year for each pupil as long as the tables have no statistics, which is always so
just after the first import.
"""

THIS_YEAR = "(SELECT y.id FROM core_school_year y WHERE y.school_id = :school AND y.current)"
"""The current school year inside a statement: a list asks the database once, not twice."""

SOURCE = f"learners_learner l JOIN core_person c ON c.id = l.id {PRESENT}"
"""Needs the parameter `year`; limit it by `l.school_id = :school`."""
