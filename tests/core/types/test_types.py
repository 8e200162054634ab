"""Plain types: ids, messages, money, folding and order."""

from __future__ import annotations

import time
import unicodedata
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.data.collate import sort_key
from core.data.fold import fold
from core.types.ids import new_id
from core.types.message import Message, _
from core.types.money import format_vnd, half_up


def test_ids_are_version_7_and_grow_with_time() -> None:
    first = new_id()
    time_of_first = first.int >> 80
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert abs(time_of_first - time.time() * 1000) < 5000
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_message_survives_storage() -> None:
    message = _("%(count)s rows of %(file)s", count=3, file="a%b.xlsx")
    again = Message.from_json(message.to_json())
    assert str(again) == "3 rows of a%b.xlsx"
    assert again.render(lambda text: text.replace("rows of", "dòng của")) == "3 dòng của a%b.xlsx"


def test_a_message_without_parameters_may_hold_a_percent_sign() -> None:
    assert str(_("100% paid")) == "100% paid"


def test_money_as_people_write_it() -> None:
    assert format_vnd(1250000) == "1.250.000\u00a0₫"
    assert format_vnd(-500) == "-500\u00a0₫"
    assert [half_up(Decimal(x)) for x in ("0.5", "1.5", "2.4999", "-0.5")] == [1, 2, 2, -1]


def test_typed_without_accents_found_with_them() -> None:
    assert fold("  Nguyễn Thị   Đặng THÚY ") == "nguyen thi dang thuy"
    assert fold("Ðức") == fold("đức") == "duc"


@given(st.text())
def test_folding_is_stable_and_blind_to_normal_form(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_names_in_vietnamese_order() -> None:
    names = ["Lê Văn Ân", "Trần Thị An", "Bùi Văn An", "Đỗ Đức", "Ngô Dũng", "Hà Ánh", "Vũ Ảnh", "Cao Anh"]
    assert sorted(names, key=sort_key) == [
        "Bùi Văn An", "Trần Thị An", "Cao Anh", "Vũ Ảnh", "Hà Ánh", "Lê Văn Ân", "Ngô Dũng", "Đỗ Đức",
    ]  # fmt: skip
