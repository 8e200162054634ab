# ruff: noqa: S608  (statements are made of numbers and names of ours)
"""Fills a database with a province's pupils in sets: persons, parents, classes, enrolments, teachers.

Ids follow from numbers, so that nothing has to be read back. Triggers and references rest meanwhile, as in a restore.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg
from sqlalchemy.engine import make_url

from core.data.embedded import database_url
from core.people.services import derived

PUPILS, CLASSES, TEACHERS = 2_000, 50, 40
"""Of each school."""
_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Cao Hà Phan Võ"
_MIDDLE = "Văn Minh Đức Quang Gia Hữu Tuấn Bảo Thị Ngọc Thu Khánh Thanh Phương Hồng Mỹ Anh Nhật Thành Hải"
_GIVEN = (
    "An Anh Bảo Bình Châu Chi Cường Dũng Duy Đạt Giang Hà Hải Hạnh Hiếu Hoa Hùng Huy Hương Khang Khoa Lan Linh Long Ly"
)
FAMILY, MIDDLE, GIVEN = _FAMILY.split(), _MIDDLE.split(), _GIVEN.split()
_KINDS = {
    "school": 1,
    "year": 2,
    "class": 3,
    "pupil": 4,
    "parent": 5,
    "teacher": 6,
    "subject": 7,
    "course": 8,
    "entry": 9,
    "trail": 10,
    "charge": 11,
    "evidence": 12,
    "inbox": 13,
    "attempt": 14,
}


@dataclass(frozen=True, slots=True)
class Country:
    """The ids of everything, by number."""

    schools: int

    def school(self, number: int) -> UUID:
        return id_of("school", number)

    def classroom(self, school: int, number: int) -> UUID:
        return id_of("class", school * CLASSES + number)

    def teacher(self, school: int, number: int) -> UUID:
        return id_of("teacher", school * TEACHERS + number)

    def parent(self, school: int, number: int) -> UUID:
        return id_of("parent", school * PUPILS // 2 + number)


def id_of(kind: str, number: int) -> UUID:
    """The id of the thing of a kind with this number."""
    return UUID(f"01900000-0000-7000-8{_KINDS[kind]:03}-{number:012x}")


def sql_of(kind: str, number: str) -> str:
    """The same in SQL; the number is an expression."""
    return f"('01900000-0000-7000-8{_KINDS[kind]:03}-' || lpad(to_hex({number}), 12, '0'))::uuid"


def fill(server: str, database: str, country: Country) -> None:
    """Write everything in sets, then vacuum and analyse, as autovacuum would have done by the next morning."""
    address = make_url(database_url(server, database, "postgres"))
    with psycopg.connect(host=str(address.query["host"]), dbname=database, user="postgres", autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET synchronous_commit = off")
        _names(owner)
        for statement in _statements(country.schools):
            owner.execute(statement.encode())
        owner.execute("VACUUM ANALYZE")


def _names(owner: psycopg.Connection) -> None:
    """Every name of the list with what is stored beside it, worked out once by the program's own rules."""
    owner.execute("CREATE TEMP TABLE name (n int PRIMARY KEY, full_name text, sort_key text, search_text text)")
    every = (f"{family} {middle} {given}" for given in GIVEN for middle in MIDDLE for family in FAMILY)
    with owner.cursor().copy("COPY name FROM STDIN") as copy:
        for number, name in enumerate(every):
            columns = derived(name)
            copy.write_row((number, name, columns["sort_key"], columns["search_text"]))


_EVERY = len(FAMILY) * len(MIDDLE) * len(GIVEN)


def _people(kind: str, count: int, of_school: int, *, code: str = "''") -> str:
    """Persons of one kind, `of_school` at each; 7919 is a prime, so that neighbours have different names."""
    return f"""
    INSERT INTO core_person (id, school_id, full_name, sort_key, search_text, sex, phones, email, deceased,
                             created_at, updated_at)
    SELECT {sql_of(kind, "i")}, {sql_of("school", f"i / {of_school}")}, n.full_name, n.sort_key, n.search_text || {code},
           1 + i % 2, '{{}}', '', false, now(), now()
    FROM generate_series(0, {count - 1}) i JOIN name n ON n.n = (i::bigint * 7919 % {_EVERY})
    """


def _statements(schools: int) -> list[str]:
    pupils, classes, teachers = schools * PUPILS, schools * CLASSES, schools * TEACHERS
    school, made = sql_of("school", "s"), "now(), now()"
    class_school, class_year = sql_of("school", f"c / {CLASSES}"), sql_of("year", f"c / {CLASSES}")
    pupil_school = sql_of("school", f"i / {PUPILS}")
    in_class = f"i / {PUPILS} * {CLASSES} + i % {CLASSES}"
    return [
        f"""INSERT INTO core_school (id, code, name, level, ownership, province, address, phone, payment_prefix, created_at,
            updated_at) SELECT {school}, 'B' || s, 'Trường ' || s, 'primary', 'public', '48', '', '',
            chr(65 + s / 676) || chr(65 + s / 26 % 26) || chr(65 + s % 26), {made} FROM generate_series(0, {schools - 1}) s""",
        f"""INSERT INTO core_school_year (id, school_id, name, starts_on, ends_on, current, created_at, updated_at)
            SELECT {sql_of("year", "s")}, {school}, '2026-2027', '2026-08-01', '2027-07-31', true, {made}
            FROM generate_series(0, {schools - 1}) s""",
        f"""INSERT INTO learners_class (id, school_id, year_id, name, grade, position, created_at, updated_at)
            SELECT {sql_of("class", "c")}, {class_school}, {class_year}, (1 + c % 5) || 'A' || (c % {CLASSES} / 5), 1 + c % 5,
            c % {CLASSES}, {made} FROM generate_series(0, {classes - 1}) c""",
        _people("pupil", pupils, PUPILS, code="' ' || (2500000000 + i)"),
        _people("parent", pupils // 2, PUPILS // 2),
        _people("teacher", teachers, TEACHERS),
        f"""INSERT INTO learners_learner (id, school_id, code, address_former, version, created_at, updated_at)
            SELECT {sql_of("pupil", "i")}, {pupil_school}, (2500000000 + i)::text, false, 1, {made}
            FROM generate_series(0, {pupils - 1}) i""",
        f"""INSERT INTO learners_enrolment (id, school_id, learner_id, year_id, class_id, starts_on, created_at, updated_at)
            SELECT uuidv7(), {pupil_school}, {sql_of("pupil", "i")}, {sql_of("year", f"i / {PUPILS}")}, {sql_of("class", in_class)},
            '2026-08-01', {made} FROM generate_series(0, {pupils - 1}) i""",
        f"""INSERT INTO core_relation (id, school_id, person_id, related_id, kind, may_access, created_at, updated_at)
            SELECT uuidv7(), {pupil_school}, {sql_of("parent", "i / 2")}, {sql_of("pupil", "i")}, 'mother', true, {made}
            FROM generate_series(0, {pupils - 1}) i""",
        *_lessons(schools, classes, teachers),
    ]  # fmt: skip


def _lessons(schools: int, classes: int, teachers: int) -> list[str]:
    """Four subjects in each class, a tenth of the classes to each teacher; every class has its homeroom teacher."""
    subjects, made = 4, "now(), now()"
    taught = f"t / {TEACHERS} * {CLASSES} + (t % {TEACHERS} / {subjects} * {CLASSES // 10} + k) % {CLASSES}"
    homeroom = f"c / {CLASSES} * {TEACHERS} + c % {CLASSES} % {TEACHERS}"
    return [
        f"""INSERT INTO curriculum_subject (id, school_id, code, name_vi, name_en, short, position, programme, created_at,
            updated_at) SELECT {sql_of("subject", "s")}, {sql_of("school", f"s / {subjects}")}, 'subject_' || s % {subjects}, 'Môn',
            'Subject', 'M', 1, '', {made} FROM generate_series(0, {schools * subjects - 1}) s""",
        f"""INSERT INTO curriculum_course (id, school_id, year_id, class_id, subject_id, periods, assessed, created_at,
            updated_at) SELECT {sql_of("course", "k")}, {sql_of("school", f"k / {CLASSES * subjects}")},
            {sql_of("year", f"k / {CLASSES * subjects}")}, {sql_of("class", f"k / {subjects}")},
            {sql_of("subject", f"k / {CLASSES * subjects} * {subjects} + k % {subjects}")}, 70, 'score', {made}
            FROM generate_series(0, {classes * subjects - 1}) k""",
        f"""INSERT INTO curriculum_teacher (id, school_id, code, active, created_at, updated_at)
            SELECT {sql_of("teacher", "t")}, {sql_of("school", f"t / {TEACHERS}")}, '', true, {made}
            FROM generate_series(0, {teachers - 1}) t""",
        f"""INSERT INTO curriculum_teaching (id, school_id, course_id, teacher_id, starts_on, created_at, updated_at)
            SELECT uuidv7(), {sql_of("school", f"t / {TEACHERS}")}, {sql_of("course", f"({taught}) * {subjects} + t % {subjects}")},
            {sql_of("teacher", "t")}, '2026-08-01', {made}
            FROM generate_series(0, {teachers - 1}) t, generate_series(0, {CLASSES // 10 - 1}) k""",
        f"""INSERT INTO curriculum_homeroom (id, school_id, year_id, class_id, teacher_id, starts_on, created_at, updated_at)
            SELECT uuidv7(), {sql_of("school", f"c / {CLASSES}")}, {sql_of("year", f"c / {CLASSES}")}, {sql_of("class", "c")},
            {sql_of("teacher", homeroom)}, '2026-08-01', {made} FROM generate_series(0, {classes - 1}) c""",
    ]  # fmt: skip
