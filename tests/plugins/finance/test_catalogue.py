"""The province's list: items and dated ceilings by level and group; a price above one names the act."""

from __future__ import annotations

import io
from datetime import date

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.errors import Invalid
from core.sdk.school import school_of
from plugins.finance.rules.catalogue import CatalogueRow
from plugins.finance.services import catalogue, items, problems, rounds
from tests.conftest import SignIn

from .conftest import World

ACT = "Nghị quyết 18/2026/NQ-HĐND"
HEAD = "Mã tỉnh;Mã khoản thu;Khoản thu;Loại;Đơn vị tính;Cấp học;Nhóm;Mức tối đa;Từ ngày;Đến ngày;Căn cứ\n"


def _list(*lines: str) -> list[CatalogueRow]:
    return catalogue.read_catalogue((HEAD + "\n".join(lines) + "\n").encode("utf-8-sig"))


@pytest.fixture
def province(ctx: Context) -> str:
    return school_of(ctx).province


def test_a_list_brings_items_and_ceilings_and_a_second_time_nothing(ctx: Context, world: World, province: str) -> None:
    rows = _list(
        f"{province};hai_buoi;Học 2 buổi/ngày;Dịch vụ;tháng;Tiểu học;;140.000;01/09/2026;;{ACT}",
        f"{province};ve_sinh;Vệ sinh bán trú;Dịch vụ;tháng;Tiểu học;;25000;2026-09-01;31/05/2027;{ACT}",
        f"{province};ve_sinh;Vệ sinh bán trú;Dịch vụ;tháng;THCS;;27.000;01/09/2026;;{ACT}",
        f"99;ve_sinh;Vệ sinh bán trú;Dịch vụ;tháng;Tiểu học;;11.000;01/09/2026;;{ACT}",
    )
    first = catalogue.take_catalogue(ctx, rows)
    assert (first.items, first.ceilings, first.same, first.others) == (1, 2, 0, 2)
    again = catalogue.take_catalogue(ctx, rows)
    assert (again.items, again.ceilings, again.same) == (0, 0, 2)
    made = next(item for item in items.items(ctx) if item.code == "ve_sinh")
    assert (made.kind, made.unit, made.legal_basis) == ("service", "month", ACT)
    (top,) = items.ceilings(ctx, made.id)
    assert (top.maximum, top.valid_from, top.valid_to) == (25_000, date(2026, 9, 1), date(2027, 5, 31))
    refused = problems.blocking(ctx, rounds.round_(ctx, world.round_id))
    (found,) = [p for p in refused if p.code == "above_ceiling"]
    assert found.message.params["basis"] == ACT, "150,000 is above 140,000: the act is named"


def test_groups_are_chosen_and_an_own_line_comes_first(ctx: Context, world: World, province: str) -> None:
    rows = _list(
        f"{province};nuoc_uong;Nước uống;Dịch vụ;tháng;;;15.000;01/09/2026;;{ACT}",
        f"{province};nuoc_uong;Nước uống;Dịch vụ;tháng;;Nhóm 2;12.000;01/09/2026;;{ACT}",
    )
    with pytest.raises(Invalid, match="groups"):
        catalogue.take_catalogue(ctx, rows)
    catalogue.take_catalogue(ctx, rows, "Nhóm 2")
    assert [c.maximum for c in items.ceilings(ctx, world.items["nuoc_uong"].id)] == [12_000]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("01;a_b;Khoản;Dịch vụ;tháng;;;nhiều;01/09/2026;;NQ", "maximum"),
        ("01;a_b;Khoản;Dịch vụ;tuần;;;1000;01/09/2026;;NQ", "unit"),
        ("01;a_b;Khoản;Dịch vụ;tháng;;;1000;32/09/2026;;NQ", "valid_from"),
        ("01;a_b;Khoản;Dịch vụ;tháng;;;1000;01/09/2026;01/08/2026;NQ", "valid_to"),
        ("01;a_b;Khoản;Dịch vụ;tháng;;;1000;01/09/2026;;", "legal_basis"),
        ("01;a_b;Khoản;Ủng hộ;tháng;;;1000;01/09/2026;;NQ", "kind"),
    ],
)
def test_nothing_is_guessed(line: str, column: str) -> None:
    with pytest.raises(Invalid) as refused:
        _list(line)
    assert refused.value.fields["file"].params["column"] == column


def test_page(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    client = sign_in(world.school, "accountant")
    line = f";tra_da;Trà đá;Dịch vụ;tháng;;;9.000;01/09/2026;;{ACT}\n"
    for text, status in ((HEAD + line, 303), ("a;b\n1;2\n", 422)):
        sent = {"csrf_token": client.csrf, "file": (io.BytesIO(text.encode()), "danh-muc.csv")}  # type: ignore[attr-defined]
        assert client.post("/finance/items/catalogue", data=sent).status_code == status
    assert "Trà đá" in client.get("/finance/items").text
