"""What a demo school collects, and who is exempt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.demo import Stage
from core.sdk.school import school_of
from plugins.finance.models import Item
from plugins.finance.roll import enrolled
from plugins.finance.services.exemptions import ExemptionInput, add_exemption, approve_exemption
from plugins.finance.services.items import ItemInput, save_item, set_ceiling

LIST = "Nghị quyết của HĐND tỉnh về mức thu dịch vụ giáo dục"
ITEMS = (
    (ItemInput("tien_an", "Tiền ăn bán trú", "Meals", "meal", "day", LIST, position=10), 32_000, 40_000),
    (ItemInput("ban_tru", "Chăm sóc bán trú", "Boarding", "service", "month", LIST, position=20), 235_000, 300_000),
    (ItemInput("hai_buoi", "Học 2 buổi/ngày", "Two sessions a day", "service", "month", LIST, position=30),
     150_000, 200_000),
    (ItemInput("nuoc_uong", "Nước uống", "Drinking water", "service", "month", LIST, position=40), 12_000, 20_000),
    (ItemInput("bhyt", "Bảo hiểm y tế học sinh", "Health insurance", "insurance", "year",
               "Nghị định 188/2025/NĐ-CP", position=50), 631_800, None),
    (ItemInput("ung_ho", "Ủng hộ tự nguyện", "Donations", "donation", "once", "Thông tư 16/2018/TT-BGDĐT",
               position=90), 0, None),
)  # fmt: skip
TUITION = ItemInput("hoc_phi", "Học phí", "Tuition", "tuition", "month", "Quyết định của hội đồng trường", position=5)
TUITION_PRICE = 1_200_000
PRICES = {TUITION.code: TUITION_PRICE} | {entry.code: price for entry, price, _maximum in ITEMS}
MONTHLY = ("tien_an", "ban_tru", "hai_buoi", "nuoc_uong")
_GROUPS = (
    ("poor", 100, "Hộ nghèo", "Sổ hộ nghèo năm {year}"),
    ("near_poor", 50, "Hộ cận nghèo", "Giấy chứng nhận hộ cận nghèo năm {year}"),
    ("orphan", 100, "Mồ côi cả cha lẫn mẹ", "Giấy xác nhận của UBND phường"),
    ("staff_child", 30, "Con của nhân viên nhà trường", "Biên bản họp hội đồng trường"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The demo's people: the same seed gives the same."""

    seed: int
    pupils: tuple[UUID, ...]
    """By code."""

    def pick(self, what: str) -> Random:
        """A source of chance for one purpose."""
        return Random(f"{self.seed}:{what}")  # noqa: S311  (invented data, not secrets)

    @property
    def boarders(self) -> frozenset[UUID]:
        return frozenset(self.pick("boarders").sample(self.pupils, len(self.pupils) * 3 // 4))


def cast_of(ctx: Context, seed: int) -> Cast:
    """The pupils of the school."""
    roll = enrolled(ctx)
    found = ctx.session.scalars(select(roll.c.person_id).order_by(roll.c.code, roll.c.person_id))
    return Cast(seed, tuple(found))


def at(ctx: Context, moment: datetime) -> Context:
    """The same context at an earlier moment, never at a later one."""
    then = min(moment, ctx.now())
    return replace(ctx, clock=lambda: then)


def by(ctx: Context, stage: Stage, role: str) -> Context:
    """The same context in the hands of somebody of the staff."""
    return replace(ctx, actor=stage.staff(role))


def make_items(ctx: Context) -> dict[str, UUID]:
    """The items with their ceilings; ids by code."""
    found: dict[str, UUID] = {}
    for entry, _price, maximum in ITEMS:
        found[entry.code] = save_item(ctx, entry).id
        if maximum is not None:
            set_ceiling(ctx, found[entry.code], maximum=maximum, valid_from=date(2025, 9, 3), legal_basis=LIST)
    if school_of(ctx).ownership != "public":
        found[TUITION.code] = save_item(ctx, TUITION).id
    return found


def items(ctx: Context) -> dict[str, UUID]:
    """Ids of the items by code."""
    return {row.code: row.id for row in ctx.session.execute(select(Item.code, Item.id))}


def exempt(ctx: Context, stage: Stage, cast: Cast, known: dict[str, UUID], now: Context) -> None:
    """Exemptions of the school year, entered by the accountant, approved by the head; the last two still wait.

    Args:
        ctx: before the first round.
        now: the day of today, on which the last ones come in.
    """
    today = local_date(now.now())
    start = today.year - (today.month < 8)
    chosen = cast.pick("exempt").sample(cast.pupils, min(len(cast.pupils) // 4, 24))
    for number, person in enumerate(chosen):
        group, percent, reason, paper = _GROUPS[number % len(_GROUPS)]
        entry = ExemptionInput(
            person,
            tuple(known[code] for code in ("hai_buoi", "ban_tru")),
            percent,
            group,
            reason,
            LIST,
            paper.format(year=start),
            date(start, 9, 1),
            date(start + 1, 5, 31),
        )
        waits = number >= len(chosen) - 2
        then = now if waits else ctx
        row = add_exemption(by(then, stage, "accountant"), entry)
        if not waits:
            approve_exemption(by(then, stage, "head"), row.id)
