"""Records for the paper: a usual year in secondary and primary school, a very full one and a very bare one."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta

from plugins.transcripts.record.kinds import Achievement, Level, Rating, Sex
from plugins.transcripts.record.layout import own
from plugins.transcripts.record.people import (
    Birth,
    Certificate,
    Earlier,
    Head,
    Header,
    Issue,
    Learner,
    Locality,
    Relative,
    SchoolAddress,
    Signer,
)
from plugins.transcripts.record.reader import Document, read
from plugins.transcripts.record.writer import content, envelope
from plugins.transcripts.record.years import (
    PrimarySubject,
    PrimaryYear,
    Ratings,
    SecondarySubject,
    SecondaryYear,
    YearTranscript,
)
from tests.plugins.transcripts import pki

TOKEN = "kq3v9wXo1ZtS8mYb2cRfLA"
LINK = f"https://hoaphuong.edu.vn/hoc-ba/{TOKEN}"
SUBJECTS = (
    ("TOAN", "Toán", "8.5", "Lê Thị Thanh Hằng"),
    ("NGUVAN", "Ngữ văn", "7.9", "Nguyễn Thị Hoa"),
    ("TIENGANH", "Tiếng Anh", "8.2", "Phạm Ngọc Quỳnh Anh"),
    ("KHTN", "Khoa học tự nhiên", "8.8", "Trần Quốc Việt"),
    ("LSDL", "Lịch sử và Địa lí", "9.0", "Đỗ Thị Mỹ Duyên"),
    ("GDCD", "Giáo dục công dân", "8.6", "Vũ Hồng Phượng"),
    ("CONGNGHE", "Công nghệ", "9.1", "Hoàng Văn Ổn"),
    ("TINHOC", "Tin học", "9.4", "Bùi Xuân Trường"),
    ("GDTC", "Giáo dục thể chất", "passed", "Ngô Đức Mạnh"),
    ("NGHETHUAT", "Nghệ thuật", "passed", "Đặng Thị Ý Nhi"),
    ("TNHN", "Hoạt động trải nghiệm, hướng nghiệp", "passed", "Nguyễn Thị Hoa"),
    ("GDDP", "Nội dung giáo dục của địa phương", "passed", "Lý Thị Ngọc"),
)
TOLD = "Nắm chắc kiến thức, vận dụng tốt."
LONG = (
    "Em chăm chỉ, lễ phép, có tinh thần trách nhiệm với tập thể; tích cực phát biểu xây dựng bài, biết giúp đỡ bạn bè. "
)
_PROVINCE = SchoolAddress("Phường Hồng Bàng", "Thành phố Hải Phòng", "31", "11557")


def secondary(**changes: object) -> YearTranscript:
    """Grade 7, twelve subjects."""
    year = SecondaryYear(
        tuple(
            SecondarySubject(code, name, Signer(who, f"0011880000{at:02}"), mark, mark, mark, comment=TOLD)
            for at, (code, name, mark, who) in enumerate(SUBJECTS)
        ),
        Level.GOOD, Level.GOOD, Level.GOOD, Level.GOOD, Level.GOOD, Level.GOOD, True, "Được lên lớp 8", LONG,
        absences=3, rewards="Học sinh Giỏi",
    )  # fmt: skip
    return replace(
        YearTranscript(
            _header("7", "7A2", "Thông tư số 22/2021/TT-BGDĐT", "2"),
            _learner("Nguyễn Hoàng Bảo Ngọc", date(2014, 3, 5)),
            _issue(),
            tuple(
                Earlier(f"{year}-{year + 1}", f"{year - 2019}A", "Trường Tiểu học Nguyễn Du", "Hải Phòng")
                for year in range(2020, 2025)
            ),
            secondary=year,
        ),
        **changes,  # type: ignore[arg-type]
    )


def primary() -> YearTranscript:
    """Grade 5: the homeroom teacher signs alone."""
    names = (
        "Tiếng Việt", "Toán", "Ngoại ngữ 1 (Tiếng Anh)", "Đạo đức", "Khoa học", "Lịch sử và Địa lí",
        "Tin học và Công nghệ (Tin học)", "Tin học và Công nghệ (Công nghệ)", "Giáo dục thể chất",
        "Nghệ thuật (Âm nhạc)", "Nghệ thuật (Mĩ thuật)", "Hoạt động trải nghiệm",
    )  # fmt: skip
    good, achieved = Rating.GOOD, Rating.ACHIEVED
    ratings = Ratings(*([good, achieved, good] * 5))
    year = PrimaryYear(
        tuple(
            PrimarySubject(f"M{at}", name, list(Achievement)[at % 2], "9" if at < 3 else "")
            for at, name in enumerate(names)
        ),
        ratings, 2, 0, "Biết tự học, hợp tác tốt với bạn.", "Tính toán nhanh, diễn đạt rõ ràng.", LONG,
        True, True, True, "Ngoan, thật thà, biết quan tâm đến mọi người.", 36, 142, "Hoàn thành tốt",
        "Hoàn thành chương trình tiểu học", "Học sinh Xuất sắc",
    )  # fmt: skip
    return YearTranscript(
        _header("5", "5B", "Thông tư số 27/2020/TT-BGDĐT", "1"),
        _learner("Trần Đức Minh", date(2016, 9, 12)),
        _issue(),
        (Earlier("2021-2022", "1B", "Trường Tiểu học Lê Lợi", "Hưng Yên"),),
        primary=year,
    )


def full() -> YearTranscript:
    """As long as the schema lets texts be, fourteen subjects, everything that can be there."""
    base = secondary()
    assert base.secondary
    comment = (LONG * 20)[:2000]
    subjects = [
        replace(one, comment=comment if at == 1 else LONG * 3, retest="6.5" if at == 2 else "")
        for at, one in enumerate(base.secondary.subjects)
    ]
    teacher = Signer("Công Tằng Tôn Nữ Hoàng Thị Thanh Phương Nguyệt Ánh", "001188000099")
    subjects += [
        SecondarySubject("TIENGPHAP", "Ngoại ngữ 2 (Tiếng Pháp)", teacher, "exempt", "exempt", "exempt"),
        SecondarySubject("TIENGDT", "Tiếng dân tộc thiểu số", teacher, "", "10", "10", comment="Tốt."),
    ]
    year = replace(
        base.secondary, subjects=tuple(subjects), homeroom_comment=comment, training_comment=LONG * 4,
        learning=Level.PASSED, learning_after_retest=Level.FAIR, competitions=LONG * 6,
        completion="Hoàn thành chương trình",
        certificates=(Certificate("Chứng chỉ nghề phổ thông", "Tin học ứng dụng, loại Giỏi"),),
    )  # fmt: skip
    learner = replace(
        base.learner, full_name="Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thị Thanh Tuyền Khuê Nguyệt",
        policy_group="Con thương binh",
        residence=Locality("Số 12, ngõ 345, đường Nguyễn Thị Minh Khai, tổ dân phố số 27, " * 2),
        guardian=Relative("Đặng Thị Ngọc Huyền", "Giáo viên"),
    )  # fmt: skip
    header = replace(
        base.header, version="3", replaces="ab" * 32, reason="Đính chính ngày sinh", decision="12/QĐ-THCSHP",
        school="Trường Phổ thông dân tộc nội trú Trung học cơ sở và Trung học phổ thông Nguyễn Bỉnh Khiêm",
        from_paper=True, register_number="0123/2025",
    )  # fmt: skip
    return replace(base, header=header, learner=learner, secondary=year)


def bare() -> YearTranscript:
    """Everything that may be missing is missing."""
    base = secondary()
    assert base.secondary
    subjects = tuple(replace(one, term1="", term2="", year="", comment="") for one in base.secondary.subjects[:9])
    year = replace(base.secondary, subjects=subjects, absences=None, rewards="", homeroom_comment="Ngoan.",
                   promoted=False, promotion="Ở lại lớp", learning1=None)  # fmt: skip
    learner = replace(base.learner, birth=Birth(year="2014"), father=Relative(), mother=Relative(), sex=Sex.UNKNOWN)
    return replace(base, secondary=year, learner=learner, history=())


def signed(record: YearTranscript, at: datetime = pki.NOW) -> Document:
    """A file whose places hold something that looks like signatures: the paper only reads time and certificate."""
    certificate = base64.b64encode(pki.organisation().der)
    blocks = {
        place: b"<Signature><X509Certificate>%s</X509Certificate><SigningTime>%s</SigningTime></Signature>"
        % (certificate, (at + timedelta(minutes=7 * rank)).isoformat().encode())
        for rank, place in enumerate(record.slots)
    }
    layout = own()
    return read(envelope(content(record, layout), record.slots, layout, blocks), layout)


def _header(grade: str, klass: str, circular: str, stage: str) -> Header:
    return Header(
        "truong-hoc-ba-1", "0197aa00-0000-7000-8000-0000000000aa", "1", "2025-2026", circular, "31",
        "Sở Giáo dục và Đào tạo Hải Phòng", "31303507", "Trường Trung học cơ sở Hoa Phượng", _PROVINCE, stage,
        grade, klass,
    )  # fmt: skip


def _learner(name: str, born: date) -> Learner:
    return Learner(
        name, "031214000123", "HP2014000123", Birth(day=born), "01", "VN", Locality("Bệnh viện Phụ sản Hải Phòng"),
        Locality("Xã Vĩnh Bảo, Thành phố Hải Phòng", former_district="Huyện Vĩnh Bảo"),
        Locality("Số 8, phố Hồ Sen, Phường An Biên, Thành phố Hải Phòng"), Sex.FEMALE,
        father=Relative("Nguyễn Văn Đức", "Kĩ sư"), mother=Relative("Hoàng Thị Thủy", "Bác sĩ"),
    )  # fmt: skip


def _issue() -> Issue:
    return Issue(
        Signer("Nguyễn Thị Hoa", "001188000001"), Head("Đoàn Thị Hồng Vân", "001175000002", "Hiệu trưởng"),
        "Hải Phòng", date(2026, 5, 31), date(2026, 5, 29), "0101234567",
    )  # fmt: skip
