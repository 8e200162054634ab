"""The collection round of a real school: `fees-2026-09.xlsx` gives the same lines and dues to the dong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from core.data.session import Database
from core.sdk import Actor, Context
from plugins.finance.models import Bill, BillLine, Item
from plugins.finance.services import publish, rounds
from plugins.finance.services.exceptions import ExceptionInput, set_exceptions
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.prices import read_table, set_prices

from .conftest import Moment, add_classes, add_items, add_pupils

COLUMNS = ("tien_an", "ban_tru", "hai_buoi", "bhyt", "nuoc_uong")


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "data/expected/fees-2026-09.json").read_text())
    return found


def _price_table(shared: Path) -> str:
    """Sheet `1. Mức thu` as a person copies it."""
    sheet = CalamineWorkbook.from_path(str(shared / "data/fees-2026-09.xlsx")).get_sheet_by_name("1. Mức thu")

    def cell(value: object) -> str:
        return str(int(value)) if isinstance(value, float) else str(value)

    return "\n".join("\t".join(cell(value) for value in row) for row in sheet.to_python(skip_empty_area=False))


def _billed(expected: dict[str, Any]) -> list[dict[str, Any]]:
    """The accepted and warned rows; a pupil without a code is known by row."""
    rows = [row for row in expected["rows"] if row["status"] != "refuse"]
    return [{**row["value"], "key": row["value"]["mahocsinh"] or f"row{row['row']}"} for row in rows]


def _enter(ctx: Context, expected: dict[str, Any], table: str) -> tuple[UUID, dict[str, UUID], dict[str, Item]]:
    items = add_items(ctx)
    billed = _billed(expected)
    classes = add_classes(ctx, sorted({row["lop"] for row in billed}))
    ids = add_pupils(ctx, [(row["key"], row["hovaten"], classes[row["lop"]]) for row in billed])
    people = {row["key"]: person for row, person in zip(billed, ids, strict=True)}
    opened = rounds.open_round(
        ctx,
        title="Thu tháng 9/2026",
        period=date(2026, 9, 1),
        due_on=date(2026, 10, 15),
        item_ids=[items[code].id for code in COLUMNS],
    )
    pasted, prices = read_table(ctx, opened.id, table)
    set_prices(ctx, opened.id, prices)
    remarks = sorted((note.row, note.code) for note in pasted.notes)
    assert remarks == [
        (6, "W_DONATION_AMOUNT"),
        (18, "W_DONATION_AMOUNT"),
        (20, "W_AMOUNT_K"),
        (24, "E_TUITION_PUBLIC"),
        (27, "W_DONATION_AMOUNT"),
    ]
    return opened.id, people, items


def _exceptions(expected: dict[str, Any], people: dict[str, UUID], items: dict[str, Item]) -> list[ExceptionInput]:
    found = [
        ExceptionInput(people[row["key"]], items[code].id, "Không đăng ký bán trú", quantity=0)
        for row in _billed(expected)
        if row["so_ngay_an"] == 0
        for code in ("tien_an", "ban_tru")
    ]
    for row in expected["exceptions"]:
        value = row["value"]
        if row["status"] == "refuse" or value["mahocsinh"] not in people:
            continue
        person = people[value["mahocsinh"]]
        if value["khoan"] == "so_ngay_an":
            entry = ExceptionInput(person, items["tien_an"].id, value["ly_do"], quantity=value["gia_tri"])
        else:
            entry = ExceptionInput(person, items[value["khoan"]].id, value["ly_do"], amount=value["gia_tri"])
        found.append(entry)
    return found


def _exempt(ctx: Context, expected: dict[str, Any], people: dict[str, UUID], items: dict[str, Item]) -> None:
    """All exemptions that may be stored; the one that ended before the round is stored and does not count."""
    for row in expected["exemptions"]:
        value = row["value"]
        expired = row.get("errors") == ["E_EXEMPT_EXPIRED"]
        if (row["status"] == "refuse" and not expired) or value["mahocsinh"] not in people:
            continue
        entry = ExemptionInput(
            people[value["mahocsinh"]],
            tuple(items[code].id for code in value["khoan"]),
            value["ty_le"],
            "other",
            value["ly_do"],
            "Nghị quyết của HĐND thành phố",
            "Theo hồ sơ",
            date.fromisoformat(value["tu"]),
            date.fromisoformat(value["den"]),
        )
        approve_exemption(ctx, add_exemption(ctx, entry).id)


def test_every_due_and_line_of_the_school_is_reproduced(
    db: Database, other_school: UUID, system: Actor, clock: Moment, shared: Path, expected: dict[str, Any]
) -> None:
    with db.context(system, other_school, clock=clock) as ctx:
        round_id, people, items = _enter(ctx, expected, _price_table(shared))
        set_exceptions(ctx, round_id, _exceptions(expected, people, items))
        _exempt(ctx, expected, people, items)
        added = publish.publish(ctx, round_id)
        assert (added.bills, added.total) == (
            expected["summary"]["pupils_billed"],
            expected["summary"]["total_due"],
        )
        dues = {row.person_id: row.total for row in ctx.session.execute(select(Bill.person_id, Bill.total))}
        lines: dict[UUID, dict[str, int]] = {}
        query = select(Bill.person_id, Item.code, BillLine.amount).join(BillLine, BillLine.bill_id == Bill.id)
        for person, code, amount in ctx.session.execute(query.join(Item, Item.id == BillLine.item_id)):
            lines.setdefault(person, {})[code] = amount
        for row in _billed(expected):
            person = people[row["key"]]
            assert dues[person] == row["due"], row
            assert {code: lines[person].get(code, 0) for code in COLUMNS} == row["lines"], row
