"""Words of the paper for what the record holds as codes.

The paper is Vietnamese whatever language a user has: it is what the school signed, and the same in a hundred years.
"""

from __future__ import annotations

from ..record.kinds import Achievement, Level, Rating, Sex, Verbal
from ..record.years import Ratings
from ..rules.slots import Role

SEXES = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.UNKNOWN: "", None: ""}
LEVELS = {Level.GOOD: "Tốt", Level.FAIR: "Khá", Level.PASSED: "Đạt", Level.FAILED: "Chưa đạt", None: ""}
RATINGS = {Rating.GOOD: "Tốt", Rating.ACHIEVED: "Đạt", Rating.NEEDS_EFFORT: "Cần cố gắng", None: ""}
ACHIEVEMENTS = {
    Achievement.VERY_GOOD: "Hoàn thành tốt",
    Achievement.COMPLETED: "Hoàn thành",
    Achievement.NOT_YET: "Chưa hoàn thành",
    Achievement.EXEMPT: "Miễn học",
    None: "",
}
VERBAL = {str(Verbal.PASSED): "Đạt", str(Verbal.FAILED): "Chưa đạt", str(Verbal.EXEMPT): "Miễn học"}
STAGES = {"primary": "TIỂU HỌC", "lower": "TRUNG HỌC CƠ SỞ", "upper": "TRUNG HỌC PHỔ THÔNG"}
ROLES = {
    Role.SUBJECT: "Giáo viên bộ môn",
    Role.HOMEROOM: "Giáo viên chủ nhiệm",
    Role.PRINCIPAL: "Cán bộ quản lí",
    Role.SEAL: "Cơ sở giáo dục (con dấu)",
}
# Circular 27/2020/TT-BGDĐT, annex 2: order and names of the groups.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Phẩm chất chủ yếu",
        (
            ("patriotism", "Yêu nước"),
            ("kindness", "Nhân ái"),
            ("diligence", "Chăm chỉ"),
            ("honesty", "Trung thực"),
            ("responsibility", "Trách nhiệm"),
        ),
    ),
    (
        "Năng lực chung",
        (
            ("self_study", "Tự chủ và tự học"),
            ("communication", "Giao tiếp và hợp tác"),
            ("problem_solving", "Giải quyết vấn đề và sáng tạo"),
        ),
    ),
    (
        "Năng lực đặc thù",
        (
            ("language", "Ngôn ngữ"),
            ("mathematics", "Tính toán"),
            ("science", "Khoa học"),
            ("technology", "Công nghệ"),
            ("informatics", "Tin học"),
            ("aesthetics", "Thẩm mĩ"),
            ("physical", "Thể chất"),
        ),
    ),
)


def mark(text: str) -> str:
    """A mark as it is read: a comma for the decimals, words in full."""
    return VERBAL.get(text) or text.replace(".", ",")


def rated(ratings: Ratings) -> list[list[object]]:
    """Groups of qualities and competences, each with its levels; those that no level was given for are left out."""
    rows: list[list[object]] = [
        [title, [[word, RATINGS[getattr(ratings, name)]] for name, word in group if getattr(ratings, name)]]
        for title, group in GROUPS
    ]
    return [row for row in rows if row[1]]
