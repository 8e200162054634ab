"""A year of one pupil in secondary and in primary school, and files signed by everybody: made once a process."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding

from plugins.transcripts import xades
from plugins.transcripts.record import writer
from plugins.transcripts.record.kinds import Achievement, Level, Rating, Sex
from plugins.transcripts.record.layout import OWN, own
from plugins.transcripts.record.people import (
    Birth,
    Certificate,
    Earlier,
    Head,
    Header,
    Issue,
    Learner,
    Locality,
    SchoolAddress,
    Signer,
)
from plugins.transcripts.record.years import (
    PrimarySubject,
    PrimaryYear,
    Ratings,
    SecondarySubject,
    SecondaryYear,
    YearTranscript,
)
from plugins.transcripts.rules.slots import Place, Role

from . import pki

SUBJECTS = (
    "nguvan",
    "toan",
    "tienganh",
    "gdcd",
    "lsdl",
    "khtn",
    "congnghe",
    "tinhoc",
    "gdtc",
    "nghethuat",
    "hdtn",
    "gddp",
)
HOME = Locality("Số 5, đường <Láng> & ngõ 12", "00166", "01")


def teacher(number: int) -> Signer:
    return Signer(f"Nguyễn Thị Hoa {number}", f"0011880000{number:02}")


def header() -> Header:
    address = SchoolAddress("Phường Láng", "Thành phố Hà Nội", "01", "00166")
    return Header(
        OWN, "0190f3a0-0000-7000-8000-000000000001", "1", "2025-2026", "22/2021/TT-BGDĐT", "01",
        "Sở Giáo dục và Đào tạo Hà Nội", "01001HP", "Trường THCS Hoa Phượng", address, "02", "7", "7A1",
    )  # fmt: skip


def learner() -> Learner:
    birth = Birth(day=date(2013, 5, 4))
    return Learner("Trần Đặng Minh Ngọc", "001313000123", "HS0123", birth, "01", "VN", HOME, HOME, HOME, sex=Sex.FEMALE)


def issue() -> Issue:
    head = Head("Lê Văn Hùng", "001070000077", "Hiệu trưởng")
    day = date(2026, 5, 30)
    return Issue(Signer("Phạm Thị Lan", "001085000088"), head, "Hà Nội", day, day, "0101234567")


def secondary(count: int = len(SUBJECTS)) -> YearTranscript:
    """Grade 7, with `count` subjects."""
    subjects = [
        SecondarySubject(code, code.upper(), teacher(at), "8.5", "9.0", "8.8", comment="Tiến bộ rõ, chăm học.")
        for at, code in enumerate(SUBJECTS[:count])
    ]
    good = Level.GOOD
    year = SecondaryYear(
        tuple(subjects), good, good, good, good, good, good, True, "Được lên lớp 8", "Ngoan, học tốt.", absences=3,
        certificates=(Certificate("Tin học trẻ", "Giải ba"),),
    )  # fmt: skip
    history = (Earlier("2024-2025", "6A1", "Trường THCS Hoa Phượng", "Hà Nội"),)
    return YearTranscript(header(), learner(), issue(), history, secondary=year)


def primary() -> YearTranscript:
    """Grade 4: only the homeroom teacher, the principal and the seal sign."""
    subjects = (
        PrimarySubject("toan", "Toán", Achievement.VERY_GOOD, "10"),
        PrimarySubject("gdtc", "Giáo dục thể chất", Achievement.EXEMPT),
    )
    ratings = Ratings(self_study=Rating.GOOD, honesty=Rating.ACHIEVED)
    year = PrimaryYear(subjects, ratings, 2, 0, "Tốt.", "Khá đều.", "Em chăm ngoan.", True, True, weight_kg=32)
    head = replace(header(), circular="27/2020", stage="01", grade="4", class_name="4A")
    return YearTranscript(head, learner(), issue(), primary=year)


def holder(record: YearTranscript, place: Place) -> pki.Holder:
    """Whoever has to sign in a place."""
    name, number = record.signer(place)
    if place.role is Role.SEAL:
        return pki.organisation(name, number)
    return pki.signer(name, number, kind="p256" if place.role is Role.SUBJECT else "rsa")


def signed_by(data: bytes, place: Place, by: pki.Holder) -> bytes:
    """The file with one signature more, a minute after the one before."""
    minutes = data.count(b"<ds:Signature ")
    at = pki.NOW - timedelta(hours=1) + timedelta(minutes=minutes)
    ready = xades.prepare(data, place, by.der, at, own())
    return xades.embed(data, {place: xades.finish(ready, by.sign(ready.to_be_signed))}, own())


def sign(record: YearTranscript, *, proved: bool = True) -> bytes:
    """A file signed by everybody; `proved` adds a timestamp, certificates and the words of their issuers."""
    data = writer.write(record, own())
    for place in record.slots:
        data = signed_by(data, place, holder(record, place))
    return prove(data, record) if proved else data


def prove(data: bytes, record: YearTranscript) -> bytes:
    """Evidence on the seal."""
    start, end = (tag.encode() for tag in own().slot_tags(Place(Role.SEAL)))
    begin = data.rindex(start) + len(start)
    block = data[begin : data.rindex(end)]
    token = pki.timestamp(hashlib.sha256(xades.value_element(block)).digest())
    issuer = holder(record, Place(Role.SEAL)).chain[0]
    chain = [issuer.public_bytes(Encoding.DER)]
    return data[:begin] + xades.add(block, token, chain, crls=[pki.crl()]) + data[begin + len(block) :]


@cache
def genuine() -> bytes:
    """A signed and proved year in secondary school."""
    return sign(secondary())
