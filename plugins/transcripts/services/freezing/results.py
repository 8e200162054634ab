"""The results of a year in the words of the record (Circulars 27/2020 and 22/2021)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from core.sdk import Message
from core.sdk.text import translator
from plugins.assessment import public as assessment

from ...record.kinds import Achievement, Level, Rating, Verbal
from ...record.people import Signer
from ...record.years import PrimarySubject, PrimaryYear, Ratings, SecondarySubject, SecondaryYear

_ACHIEVEMENT = {
    "T": Achievement.VERY_GOOD, "H": Achievement.COMPLETED, "C": Achievement.NOT_YET, "M": Achievement.EXEMPT,
}  # fmt: skip
_RATING = {"T": Rating.GOOD, "D": Rating.ACHIEVED, "C": Rating.NEEDS_EFFORT}
_LEVEL = {"T": Level.GOOD, "K": Level.FAIR, "D": Level.PASSED, "CD": Level.FAILED}
_MARK = {"D": Verbal.PASSED, "CD": Verbal.FAILED, "M": Verbal.EXEMPT}
RATINGS = {
    "tuchutuhoc": "self_study", "giaotiephoptac": "communication", "gqvdsangtao": "problem_solving",
    "ngonngu": "language", "tinhtoan": "mathematics", "khoahoc": "science", "congnghe": "technology",
    "tinhoc": "informatics", "thammi": "aesthetics", "thechat": "physical", "yeunuoc": "patriotism",
    "nhanai": "kindness", "chamchi": "diligence", "trungthuc": "honesty", "trachnhiem": "responsibility",
}  # fmt: skip
"""Codes of Circular 27/2020, article 9, and what the record calls them."""
_GENERAL = ("tuchutuhoc", "giaotiephoptac", "gqvdsangtao")
_SPECIFIC = ("ngonngu", "tinhtoan", "khoahoc", "congnghe", "tinhoc", "thammi", "thechat")
_NAMES = {
    "tuchutuhoc": "Tự chủ và tự học", "giaotiephoptac": "Giao tiếp và hợp tác",
    "gqvdsangtao": "Giải quyết vấn đề và sáng tạo", "ngonngu": "Ngôn ngữ", "tinhtoan": "Tính toán",
    "khoahoc": "Khoa học", "congnghe": "Công nghệ", "tinhoc": "Tin học", "thammi": "Thẩm mĩ", "thechat": "Thể chất",
}  # fmt: skip
_SAID = {"T": "Tốt", "D": "Đạt", "C": "Cần cố gắng"}
_LONGEST = 2000
_Code = TypeVar("_Code", bound=StrEnum)


def secondary_year(
    year: assessment.ClassYear, pupil: assessment.PupilYear, teachers: Mapping[str, Signer]
) -> SecondaryYear:
    """The year of a pupil in grades 6 to 12."""
    found = pupil.result
    final = found.final_learning if found.final_learning != found.learning else ""
    trained = found.final_training if found.final_training != found.training else ""
    first, second = pupil.trainings
    return SecondaryYear(
        tuple(
            SecondarySubject(
                line.code, clean(line.name), teachers.get(line.code, Signer()), mark(line.first), mark(line.second),
                mark(line.year), mark(line.again), clean(pupil.comments.get(line.code, "")),
            )
            for line in found.subjects
        ),
        learning1=level(found.terms[0]),
        learning2=level(found.terms[1]),
        learning=level(found.learning),
        training1=level(first),
        training2=level(second),
        training=level(found.training),
        promoted=found.outcome in ("promoted", "completed"),
        promotion=said(pupil, found.promotion),
        homeroom_comment=comment(pupil),
        learning_after_retest=level(final),
        training_after_summer=level(trained),
        absences=pupil.absent.absent if pupil.absent is not None else None,
        completion=said(pupil, found.promotion) if found.outcome == "completed" else "",
        rewards=said(pupil, found.title) if found.title else "",
    )  # fmt: skip


def primary_year(year: assessment.ClassYear, pupil: assessment.PupilYear) -> PrimaryYear:
    """The year of a pupil in grades 1 to 5."""
    found, absent = pupil.result, pupil.absent
    return PrimaryYear(
        tuple(
            PrimarySubject(
                line.code, clean(line.name), _of(_ACHIEVEMENT, line.year), pupil.tests.get(line.code, "")
            )
            for line in found.subjects
        ),
        Ratings(**{RATINGS[code]: _of(_RATING, value) for code, value in pupil.qualities.items() if code in RATINGS}),
        absent.excused if absent is not None else None,
        absent.unexcused if absent is not None else None,
        _told(pupil, _GENERAL),
        _told(pupil, _SPECIFIC),
        comment(pupil),
        promoted=found.outcome in ("promoted", "completed"),
        grade_completed=found.outcome in ("promoted", "completed"),
        stage_completed=found.outcome == "completed",
        outcome=said(pupil, found.learning),
        completion=said(pupil, found.promotion),
        rewards=said(pupil, found.title) if found.title else "",
    )  # fmt: skip


def comment(pupil: assessment.PupilYear) -> str:
    """What the homeroom teacher says of the year: term II, or else term I."""
    return clean(pupil.result.comments[1] or pupil.result.comments[0])[:_LONGEST]


def mark(text: str) -> str:
    """A result as the record writes it: `8.5`, or a word."""
    return _MARK.get(text, text)


def level(code: str) -> Level | None:
    """A level of learning or training."""
    return _LEVEL.get(code)


def said(pupil: assessment.PupilYear, code: str) -> str:
    """A code of the result in Vietnamese words."""
    label = pupil.result.label(code)
    return clean(label.render(translator("vi")) if isinstance(label, Message) else label)


def clean(text: str) -> str:
    """A text as it may stand in the file: composed letters, single spaces, no control characters."""
    composed = unicodedata.normalize("NFC", text)
    return re.sub(r"\s+", " ", "".join(one if one.isprintable() else " " for one in composed)).strip()


def _told(pupil: assessment.PupilYear, codes: tuple[str, ...]) -> str:
    """Competences in words: the form wants a sentence, and the levels are what was assessed."""
    told = (f"{_NAMES[code]}: {_SAID[pupil.qualities[code]]}" for code in codes if pupil.qualities.get(code) in _SAID)
    return "; ".join(told)


def _of(table: Mapping[str, _Code], code: str) -> _Code | None:
    return table.get(code)
