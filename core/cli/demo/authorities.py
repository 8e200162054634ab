"""The authorities above the demo schools, and somebody of a department who looks at the schools below."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from core.access.oversight import oversee
from core.data.context import Context
from core.data.session import Database
from core.identity import accounts
from core.school import calendar, organisations, services, sites
from core.school.models import Organisation, School
from core.types.actor import Actor

TREE = (
    ("BGDDT", "Bộ Giáo dục và Đào tạo", "ministry", ""),
    ("01", "Sở Giáo dục và Đào tạo Hà Nội", "department", "BGDDT"),
    ("48", "Sở Giáo dục và Đào tạo Đà Nẵng", "department", "BGDDT"),
    ("00070", "Phường Hoàn Kiếm", "commune", "01"),
    ("20194", "Phường Hải Châu", "commune", "48"),
)
FORMER = (("00070", "district", "Quận Hoàn Kiếm"), ("20194", "district", "Quận Hải Châu"))
PLACES = {"HOAPHUONG": "00070", "CANHDIEU": "20194"}
OVERSEER = ("sogiaoduc", "Phạm Thu Hà", "01")
_LAST_DAY = date(2025, 6, 30)
"""Of the districts."""
_HOLIDAYS = {
    "New Year's Day": "Tết Dương lịch",
    "Lunar New Year": "Tết Nguyên đán",
    "Commemoration of the Hùng Kings": "Giỗ Tổ Hùng Vương",
    "Reunification Day and International Workers' Day": "Ngày Chiến thắng 30/4 và Quốc tế lao động 1/5",
}


def make_authorities(db: Database, actor: Actor, password: str) -> None:
    """The tree, the demo schools in it, and an overseer; does nothing when it is there."""
    with db.all_schools(actor) as ctx:
        if ctx.session.scalar(select(Organisation.id).limit(1)) is not None:
            return
        made: dict[str, UUID] = {}
        for code, name, kind, above in TREE:
            made[code] = organisations.add_organisation(ctx, code=code, name=name, kind=kind, parent_id=made.get(above))
        for code, kind, name in FORMER:
            organisations.remember(ctx, made[code], kind=kind, name=name, until_on=_LAST_DAY)
        for school in ctx.session.scalars(select(School).where(School.code.in_(PLACES))).all():
            organisations.place_school(
                ctx, school.id, made[PLACES[school.code]], since_on=_LAST_DAY + timedelta(days=1)
            )
        login, name, code = OVERSEER
        oversee(ctx, accounts.create_account(ctx, login, name, password=password), made[code])


def make_calendar(ctx: Context, address: str) -> None:
    """The main site and the calendar of the year, as the frame has it."""
    sites.add_site(ctx, name="Điểm chính", address=address)
    calendar.take_frame(ctx, services.current_year(ctx).id, _HOLIDAYS)
