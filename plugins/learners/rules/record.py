"""The canonical values of one pupil, in the field names of the national dictionary."""

from __future__ import annotations

import msgspec

from .addresses import Address


class Paper(msgspec.Struct, frozen=True, gc=False):
    """Another paper than the personal ID: kind (6 is a passport) and number."""

    loai: int
    so: str


class Parent(msgspec.Struct, gc=False):
    """Father or mother: name, year of birth, telephone numbers; `damat` only if the list says so."""

    hovaten: str | None
    namsinh: int | None
    sdt: list[str]
    damat: bool | msgspec.UnsetType = msgspec.UNSET


class Guardian(msgspec.Struct, gc=False):
    """Somebody else who cares for the child."""

    hovaten: str | None
    sdt: list[str]


class LearnerValue(msgspec.Struct, gc=False):
    """One pupil as an import understood the row; None where nothing usable is there."""

    mahocsinh: str | None = None
    hovaten: str | None = None
    phanbiet: str | None = None
    ngaysinh: str | None = None
    gioitinh: int = 0
    dantoc: str | None = None
    quoctich: str | None = "VN"
    sodinhdanh: str | None = None
    giayto: Paper | None = None
    lop: str | None = None
    noisinh_tinh: str | None = None
    noio: Address | None = None
    cha: Parent | None = None
    me: Parent | None = None
    nguoigiamho: Guardian | None = None
    doituongchinhsach: str | None = None
    khuyettat: str | None = None
    bhyt: str | None = None
    ghichu: str | None = None


ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(LearnerValue)
