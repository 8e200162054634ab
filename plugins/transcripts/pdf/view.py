"""A record as plain texts for the template: nothing is computed there, nothing is left out here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from core.sdk.data import LOCAL_TZ
from plugins.learners import public as learners

from ..record.people import Birth, Earlier, Learner, Locality, Relative
from ..record.years import PrimarySubject, PrimaryYear, SecondarySubject, SecondaryYear, YearTranscript
from ..rules.slots import Place, Role
from . import signed, words

LAST_OF_STAGE = {"5": "tiểu học", "9": "trung học cơ sở", "12": "trung học phổ thông"}
_SHOWN = 16
"""Digits of a fingerprint on paper: enough to compare by eye, the whole stands in the file inside."""


def view(record: YearTranscript, table: list[signed.Row], link: str) -> dict[str, object]:
    """What the template reads.

    Args:
        record: the year.
        table: who signed.
        link: address of the page where the copy can be checked.
    """
    header, grade = record.header, int(record.header.grade)
    stage = "primary" if grade < 6 else "lower" if grade < 10 else "upper"
    return {
        "stage": words.STAGES[stage],
        "grade": header.grade,
        "klass": header.class_name,
        "year": header.school_year.replace("-", " – "),
        "department": header.department,
        "school": header.school,
        "school_code": header.school_code,
        "school_place": _joined(header.school_address.commune, header.school_address.province),
        "register": header.register_number,
        "transcript": header.transcript_id,
        "version": header.version,
        "circular": header.circular,
        "from_paper": header.from_paper,
        "replaced": _replaced(record),
        "learner": _learner(record.learner),
        "name": record.learner.full_name,
        "history": [_earlier(one) for one in (*record.history, _this_year(record))],
        "primary": _primary(record.primary, header.grade) if record.primary else None,
        "secondary": _secondary(record.secondary) if record.secondary else None,
        "issue": _issue(record),
        "signatures": [_signature(row, record) for row in table],
        "link": link,
    }


def _learner(learner: Learner) -> list[list[str]]:
    """Rows of the identity: label and value, in the order of the paper."""
    rows = [
        ["Họ và tên", learner.full_name],
        ["Giới tính", words.SEXES[learner.sex]],
        ["Ngày sinh", _birth(learner.birth)],
        ["Nơi sinh", _place(learner.birth_place)],
        ["Quê quán", _place(learner.home_town)],
        ["Dân tộc", _names("ethnic").get(learner.ethnic_group, learner.ethnic_group)],
        ["Quốc tịch", _names("country").get(learner.nationality, learner.nationality)],
        ["Số định danh cá nhân", learner.personal_id],
        ["Mã học sinh", learner.pupil_code],
        ["Nơi ở hiện nay", _place(learner.residence)],
        ["Họ và tên cha", _relative(learner.father)],
        ["Họ và tên mẹ", _relative(learner.mother)],
        ["Người giám hộ", _relative(learner.guardian)],
    ]
    if learner.policy_group:
        rows.append(["Đối tượng chính sách", learner.policy_group])
    if learner.not_assessed:
        rows.append(["Đánh giá", "Học sinh khuyết tật, không đánh giá"])
    return rows


def _primary(year: PrimaryYear, grade: str) -> dict[str, object]:
    return {
        "tests": any(one.test for one in year.subjects),
        "teachers": any(one.teacher.name for one in year.subjects),
        "subjects": [_primary_subject(one) for one in year.subjects],
        "ratings": words.rated(year.ratings),
        "body": [_measure(year.height_cm, "cm"), _measure(year.weight_kg, "kg")],
        "absences": [_count(year.excused), _count(year.unexcused)],
        "comments": [
            ["Phẩm chất chủ yếu", year.quality_comment],
            ["Năng lực chung", year.general_comment],
            ["Năng lực đặc thù", year.specific_comment],
        ],
        "homeroom": year.homeroom_comment,
        "results": [
            ["Đánh giá kết quả giáo dục", year.outcome],
            [f"Hoàn thành chương trình lớp {grade}", _yes(year.grade_completed)],
            ["Được lên lớp", _yes(year.promoted)],
            *([["Hoàn thành chương trình tiểu học", _yes(year.stage_completed)]] if grade == "5" else []),
            *_some(["Xác nhận hoàn thành", year.completion]),
            *_some(["Khen thưởng", year.rewards]),
            *_some(["Khen thưởng đột xuất", year.special_rewards]),
        ],
    }


def _primary_subject(one: PrimarySubject) -> list[str]:
    return [one.name, words.ACHIEVEMENTS[one.achievement], words.mark(one.test), one.teacher.name]


def _secondary(year: SecondaryYear) -> dict[str, object]:
    level = words.LEVELS
    return {
        "subjects": [_secondary_subject(one) for one in year.subjects],
        "retests": any(one.retest for one in year.subjects),
        "levels": [
            ["Kết quả rèn luyện", level[year.training1], level[year.training2], level[year.training],
             level[year.training_after_summer]],
            ["Kết quả học tập", level[year.learning1], level[year.learning2], level[year.learning],
             level[year.learning_after_retest]],
        ],
        "absences": _count(year.absences),
        "results": [
            ["Kết quả cuối năm", year.promotion],
            ["Được lên lớp", _yes(year.promoted)],
            *_some(["Xác nhận hoàn thành", year.completion]),
            *_some(["Chứng chỉ", "; ".join(_joined(one.name, one.kind) for one in year.certificates)]),
            *_some(["Kết quả tham gia các cuộc thi", year.competitions]),
            *_some(["Khen thưởng", year.rewards]),
        ],
        "training": year.training_comment,
        "homeroom": year.homeroom_comment,
    }  # fmt: skip


def _secondary_subject(one: SecondarySubject) -> list[str]:
    marks = (words.mark(text) for text in (one.term1, one.term2, one.year, one.retest))
    return [one.name, *marks, one.comment, one.teacher.name]


def _issue(record: YearTranscript) -> dict[str, str]:
    issue, day = record.issue, record.issue.issued_on
    return {
        "place": f"{issue.place}, ngày {day:%d} tháng {day:%m} năm {day.year}" if day else issue.place,
        "homeroom": issue.homeroom.name,
        "title": issue.head.title,
        "head": issue.head.name,
    }


def _signature(row: signed.Row, record: YearTranscript) -> list[str]:
    fingerprint = row.fingerprint[:_SHOWN].upper()
    grouped = " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
    at = row.at.astimezone(LOCAL_TZ).strftime("%H:%M:%S %d/%m/%Y") if row.at else ""
    return [_capacity(row.place, record), row.name, at, grouped]


def _capacity(place: Place, record: YearTranscript) -> str:
    if place.role is Role.PRINCIPAL:
        return record.issue.head.title or words.ROLES[place.role]
    if place.role is not Role.SUBJECT:
        return words.ROLES[place.role]
    name = next((one.name for one in record.subjects if one.code == place.subject), place.subject)
    return f"{words.ROLES[place.role]} – {name}"


def _replaced(record: YearTranscript) -> str:
    header = record.header
    if not header.replaces:
        return ""
    decision = f", theo quyết định số {header.decision}" if header.decision else ""
    reason = f". Lí do: {header.reason}" if header.reason else ""
    return f"Phiên bản {header.version} thay thế phiên bản trước{decision}{reason}"


def _earlier(one: Earlier) -> list[str]:
    return [
        one.school_year.replace("-", " – "), one.class_name, _joined(one.school, one.province), _day(one.came_on),
    ]  # fmt: skip


def _this_year(record: YearTranscript) -> Earlier:
    header = record.header
    return Earlier(header.school_year, header.class_name, header.school, header.school_address.province)


def _birth(birth: Birth) -> str:
    if birth.day:
        return _day(birth.day)
    return f"{birth.month[5:]}/{birth.month[:4]}" if birth.month else birth.year


def _place(one: Locality) -> str:
    return f"{one.detail} (trước đây: {one.former_district})" if one.former_district else one.detail


def _relative(one: Relative) -> str:
    return f"{one.name} – {one.occupation}" if one.name and one.occupation else one.name


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _some(row: list[str]) -> list[list[str]]:
    return [row] if row[1] else []


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _yes(value: bool) -> str:
    return "Có" if value else "Không"


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _measure(value: int | None, unit: str) -> str:
    return "" if value is None else f"{value} {unit}"


@cache
def _names(kind: str) -> Mapping[str, str]:
    return learners.CODE_NAMES[kind]
