"""The rules for single cells, by examples and by properties."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.learners.rules.addresses import parse_address, parse_whole_address
from plugins.learners.rules.classes import class_key, counted_class, found_classes, heading_class, sheet_grade
from plugins.learners.rules.dates import parent_year, parse_birth, parse_parts
from plugins.learners.rules.ethnic import parse_ethnic
from plugins.learners.rules.ids import FORMER_PROVINCES, parse_code, parse_id, parse_insurance
from plugins.learners.rules.names import is_legacy, parse_name, traditional_tone
from plugins.learners.rules.phones import parse_phones
from plugins.learners.rules.policies import parse_policy
from plugins.learners.rules.provinces import NAMES, parse_province
from plugins.learners.rules.sexes import parse_sex, parse_sex_marks

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộùúủũụừứửữựỳýỷỹỵ"
WORDS = st.text(alphabet=LETTERS, min_size=1, max_size=7).map(lambda w: w[0].upper() + w[1:])
NAMES_OF_PEOPLE = st.lists(WORDS, min_size=2, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("raw", "text", "suffix", "notes"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An", None, ()),
        ("NGUYỄN VĂN AN", "Nguyễn Văn An", None, ("N_NAME_CASE",)),
        ("giàng a dơ", "Giàng A Dơ", None, ("N_NAME_CASE",)),
        ("Ðặng Hoà", "Đặng Hòa", None, ("N_NAME_ETH", "N_NAME_TONE")),
        (" Lê\u00a0Thị  Thuý (b)", "Lê Thị Thúy", "B", ("N_NAME_SPACES", "N_NAME_SUFFIX", "N_NAME_TONE")),
        (unicodedata.normalize("NFD", "Võ Quý Toàn"), "Võ Quý Toàn", None, ("N_NAME_NFD",)),
        ("Jürgen Müller", "Jürgen Müller", None, ()),
        ("Y Nhu Niê", "Y Nhu Niê", None, ()),
        ("H'LEN KSOR", "H'Len Ksor", None, ("N_NAME_CASE",)),
    ],
)
def test_names(raw: str, text: str, suffix: str | None, notes: tuple[str, ...]) -> None:
    name = parse_name(raw)
    assert (name.text, name.suffix, name.notes, name.error) == (text, suffix, notes, None)


@pytest.mark.parametrize(
    "raw",
    [
        "NguyÔn ThÞ Hoa",
        "TrÇn V¨n §øc",
        "Ph¹m ThÞ H»ng",
        "Nguyeãn Vaên Nam",
        "Traàn Thò Hieàn",
        "Leâ Ñöùc",
        "Phaïm Huøng",
    ],
)
def test_legacy_fonts_are_refused(raw: str) -> None:
    name = parse_name(raw)
    assert name.text is None and name.error == "E_NAME_LEGACY_FONT"


@given(NAMES_OF_PEOPLE)
def test_unicode_names_are_not_taken_for_legacy_fonts_after_title_case(name: str) -> None:
    read = parse_name(name)
    again = parse_name(read.text or name)
    assert (again.text, again.notes) == (read.text, ()) or read.error


@given(st.text(max_size=40))
def test_a_name_never_fails_and_stays_what_it_is(raw: str) -> None:
    read = parse_name(raw)
    if read.text is not None:
        assert read.text == parse_name(read.text).text or is_legacy(read.text)
        assert unicodedata.is_normalized("NFC", read.text) and read.text == read.text.strip()


def test_accents_count_but_the_place_of_the_tone_does_not() -> None:
    assert parse_name("Minh Anh").text != parse_name("Minh Ánh").text
    assert parse_name("Hoà").text == parse_name("Hòa").text
    assert traditional_tone("Quý, khoẻ, thuở, Toàn, huỷ") == "Quý, khỏe, thuở, Toàn, hủy"


def test_dead_parents() -> None:
    for raw in ("Trần Văn Ba (đã mất)", "TRẦN VĂN BA (ĐÃ MẤT)", "Trần Văn Ba - đã mất"):
        name = parse_name(raw, parent=True)
        assert (name.text, name.dead) == ("Trần Văn Ba", True)
    assert parse_name("Lê Thị Mai", parent=True).dead is False


@given(st.dates(dt.date(2000, 1, 1), dt.date(2026, 12, 31)))
def test_dates_are_day_first_in_every_spelling(day: dt.date) -> None:
    iso = day.isoformat()
    spellings = (
        f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}",
        f" {day:%d} / {day:%m} / {day.year} ", f"{day:%d/%m/%y}", iso,
        f"ngày {day.day} tháng {day.month} năm {day.year}",
    )  # fmt: skip
    assert {parse_birth(text).iso for text in spellings} == {iso}
    assert parse_birth(day).iso == parse_birth(dt.datetime(day.year, day.month, day.day)).iso == iso  # noqa: DTZ001
    parts = (float(day.day), float(day.month), float(day.year))
    assert parse_parts(*parts).iso == parse_parts(f"{day.day:02d}", str(day.month), str(day.year)).iso == iso


@pytest.mark.parametrize("text", ["31/02/2015", "12/25/2014", "00/07/2012", "29/2/2015", "1/13/15", "abc", "2015-13-1"])
def test_impossible_dates_are_never_exchanged(text: str) -> None:
    birth = parse_birth(text)
    assert birth.iso is None and birth.codes == ("E_DATE_INVALID",)


@pytest.mark.parametrize(("cell", "iso"), [("2015", "2015"), (2015.0, "2015"), ("03/2015", "2015-03")])
def test_partial_dates(cell: str | float, iso: str) -> None:
    birth = parse_birth(cell)
    assert birth.iso == iso and birth.codes == ("W_BIRTH_YEAR_ONLY",)


def test_a_serial_number_is_only_proposed() -> None:
    birth = parse_birth(42064.0)
    assert (birth.iso, birth.codes, birth.proposal) == (None, ("E_DATE_INVALID",), "01/03/2015")


@given(st.sampled_from(sorted(FORMER_PROVINCES)), st.integers(1, 2), st.integers(2005, 2022), st.integers(0, 999_999))
def test_ids_agree_and_lost_zeros_come_back(province: str, sex: int, year: int, rest: int) -> None:
    number = f"{province}{sex + 1}{year % 100:02d}{rest:06d}"
    assert parse_id(number, sex, year).codes == ()
    assert parse_id(f"'{number[:3]} {number[3:]}.", sex, year).number == number
    assert "W_ID_SEX" in parse_id(number, 3 - sex, year).codes
    assert "W_ID_YEAR" in parse_id(number, sex, year + 1).codes
    assert parse_id(number, 0, None).codes == ()
    lost = parse_id(float(number), sex, year)
    if number.startswith("0"):
        assert (lost.number, lost.codes) == (number, ("W_ID_ZERO_RESTORED",))
        assert parse_id(number.lstrip("0"), 3 - sex, year).codes == ("E_ID_LENGTH",)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("O01315658196", "E_ID_CHARS"), ("4.8E+10", "E_ID_SCIENTIFIC"), ("4,83168E+10", "E_ID_SCIENTIFIC"),
     ("123456789", "E_ID_LENGTH"), ("0012131975555", "E_ID_LENGTH"), ("", "W_ID_MISSING"),
     ("099315707809", "W_ID_PROVINCE")],
)  # fmt: skip
def test_ids_that_are_wrong(cell: str, code: str) -> None:
    assert parse_id(cell, 2, 2015).codes == (code,)


def test_passports_move_to_the_papers() -> None:
    found = parse_id("M26471823", 1, 2012)
    assert (found.number, found.passport, found.codes) == (None, "M26471823", ("W_FOREIGN_PAPER",))
    assert parse_id("m26471823", 1, 2012).codes == ("E_ID_CHARS",)


@given(st.text(max_size=16), st.integers(0, 2), st.none() | st.integers(1990, 2030))
def test_an_id_is_twelve_digits_or_none(cell: str, sex: int, year: int | None) -> None:
    number = parse_id(cell, sex, year).number
    assert number is None or (len(number) == 12 and number.isascii() and number.isdigit())


def test_codes_and_insurance() -> None:
    assert parse_code(2301330472.0) == ("2301330472", "N_CODE_NUMBER")
    assert parse_code("") == (None, "W_CODE_MISSING") == parse_code("2.5E+09")
    assert parse_insurance("hs 4 01 2666607391") == ("HS4012666607391", "N_BHYT_FORMAT")
    assert parse_insurance("GD40") == (None, "W_BHYT_FORMAT")


@given(st.integers(1, 9), st.integers(0, 99_999_999))
def test_phones_in_every_spelling(first: int, rest: int) -> None:
    digits = f"{first}{rest:08d}"
    e164 = f"+84{digits}"
    for text in (f"0{digits}", f"0{digits[:3]} {digits[3:6]} {digits[6:]}", f"0{digits[:3]}.{digits[3:]}", e164):
        assert parse_phones(text)[0] == [e164]
    bare = parse_phones(float(digits))
    assert bare == (([e164], "N_PHONE_FORMAT") if first == 9 else ([], "W_PHONE_INVALID"))


@pytest.mark.parametrize("text", ["000079585", "090006413", "09000x8620", "0900 111 22", "+85900000000", "0000000000"])
def test_unusable_phones_are_left_out(text: str) -> None:
    assert parse_phones(text) == ([], "W_PHONE_INVALID")


def test_two_phones_in_a_cell() -> None:
    assert parse_phones("0900075395 / 0900056484") == (["+84900075395", "+84900056484"], "N_PHONE_FORMAT")
    assert parse_phones("0900075395 / x") == (["+84900075395"], "W_PHONE_INVALID")


def test_parents_years() -> None:
    assert parent_year(1985.0) == (1985, None)
    assert parent_year("20/03/1985") == parent_year(dt.date(1985, 3, 20)) == (1985, "N_PARENT_FORMAT")
    for cell in (198.0, 1892.0, 2085.0, "85", "abc"):
        assert parent_year(cell) == (None, "W_PARENT_YEAR")


@pytest.mark.parametrize("text", ["Mông", "H'Mông", "HMông", "H’mông", "MÔNG", "Mèo"])
def test_ethnic_spellings(text: str) -> None:
    assert parse_ethnic(text)[0] == "08"


@pytest.mark.parametrize("text", ["Kimh", "Kính", "Mưông", "Tay"])
def test_a_typing_error_is_not_guessed(text: str) -> None:
    assert parse_ethnic(text) == (None, "W_ETHNIC_UNKNOWN")


@pytest.mark.parametrize(
    ("text", "code"),
    [("HN", "01"), ("TP.HCM", "79"), ("Tp Hồ Chí Minh", "79"), ("Sài Gòn", "79"), ("Hoà Bình", "25"), ("ĐĂK LĂK", "66"),
     ("Thừa Thiên - Huế", "46"), ("Bà Rịa Vũng Tàu", "79"), ("tỉnh Hà Giang", "08"), ("Ha Noi", "01"), ("Hà Nôi", None),
     ("Hàn Quốc", None), ("Tiền Giang", "82"), ("Yên Bái", "15")],
)  # fmt: skip
def test_provinces_become_the_codes_of_2025(text: str, code: str | None) -> None:
    assert parse_province(text)[0] == code


def test_there_are_34_provinces() -> None:
    assert len(NAMES) == 34
    assert len(FORMER_PROVINCES) == 63


def test_policy_groups() -> None:
    assert parse_policy("HCN") == ("Hộ cận nghèo", "N_POLICY_SPELLING")
    assert parse_policy("Hộ nghèo") == ("Hộ nghèo", None)
    assert parse_policy("hộ ngèo") == (None, "W_POLICY_UNKNOWN")


def test_sex_is_a_word_or_a_mark() -> None:
    assert parse_sex("Nu") == (2, "N_SEX_SPELLING")
    assert parse_sex("") == (0, "W_SEX_MISSING")
    assert parse_sex_marks("", "x", has_male=False, has_female=True) == (2, None)
    assert parse_sex_marks("", "", has_male=False, has_female=True) == (1, None)
    assert parse_sex_marks("x", "x", has_male=True, has_female=True) == (0, "W_SEX_CONFLICT")
    assert parse_sex_marks("", "", has_male=True, has_female=True) == (0, "W_SEX_MISSING")
    assert parse_sex_marks("", 1.0, has_male=True, has_female=True) == (2, None)


@pytest.mark.parametrize("text", ["6A1", "6a1", "6 A1", "Lớp 6A1", "lớp 6a1 ", "LỚP: 6A1"])
def test_class_spellings(text: str) -> None:
    assert class_key(text) == "6A1"


def test_headings_and_counting_lines() -> None:
    assert heading_class("LỚP 8A1 - GVCN: Nguyễn Thanh Châu") == "8A1"
    assert heading_class("II. Lớp 10A2 (sĩ số 40)") == "10A2"
    assert heading_class("6A1") == "6A1"
    assert heading_class("Danh sách lớp 5B") == "5B"
    assert heading_class("Lớp học tình thương") is None
    assert counted_class("Cộng lớp 6A1") == "6A1"
    assert [sheet_grade(name) for name in ("Khối 6", "K7", "6A1", "Tổng hợp")] == [6, 7, 6, None]


def test_a_misspelt_class_is_not_a_new_one() -> None:
    from collections import Counter

    assert found_classes([], Counter({"6A1": 40, "6A15": 1, "3": 9})) == ["6A1"]
    assert found_classes(["6A10", "6A2"], Counter()) == ["6A2", "6A10"]


def test_former_addresses_keep_their_province() -> None:
    address, codes = parse_address("Xóm 15", "P. Dịch Vọng, Q. Cầu Giấy", "Hà Nội")
    assert address is not None and codes == ["W_ADDRESS_FORMER"]
    assert (address.xa, address.tinh, address.diachicu, address.goc) == (None, "01", True, "P. Dịch Vọng, Q. Cầu Giấy")
    whole, codes = parse_whole_address("Thôn 6, Xã Hòa Liên, huyện Hòa Vang, Đà Nẵng")
    assert whole is not None and codes == ["W_ADDRESS_FORMER"]
    assert (whole.chitiet, whole.goc, whole.tinh) == ("Thôn 6", "Xã Hòa Liên, huyện Hòa Vang", "48")
    for ward in ("Thị trấn Gia Lâm", "Phường 1, TP Mỹ Tho", "TX Sơn Tây"):
        found = parse_address("", ward, "")[0]
        assert found is not None and found.diachicu


@given(st.text(max_size=60))
def test_addresses_never_fail(text: str) -> None:
    address, _codes = parse_whole_address(text)
    assert address is None or isinstance(address.diachicu, bool)
