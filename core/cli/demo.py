"""`truong demo`: a school to look at, with a year of data, on loopback."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import click
from sqlalchemy import func, select

from core import access
from core.data.context import Context
from core.data.fold import fold
from core.data.session import Database
from core.identity import accounts
from core.kernel.registry import Registry
from core.payments import channels
from core.payments.models import Charge
from core.people.models import Relation
from core.school import modules, services
from core.school.models import School
from core.settings.instance import InstanceSettings, load_settings
from core.types.actor import system_actor
from core.web.app import bind, load_registry
from core.web.assets import Assets

from .data import prepare
from .program import say, settings_with_database
from .serve import SIMULATED, run_together, simulator_commands

_ACTOR = system_actor("demo")
PASSWORD = "hoa phuong do"  # noqa: S105  (printed on purpose; the demo listens on loopback only)
SCHOOLS: tuple[Mapping[str, Any], ...] = (
    {"code": "HOAPHUONG", "name": "Trường THCS Hoa Phượng", "level": "lower_secondary", "province": "01",
     "payment_prefix": "TRH", "address": "12 phố Bằng Lăng, Hà Nội", "phone": "0900000001", "pupils": 1180},
    {"code": "CANHDIEU", "name": "Trường Tiểu học Cánh Diều", "level": "primary", "province": "48",
     "payment_prefix": "TRG", "address": "8 đường Trúc Xanh, Đà Nẵng", "phone": "0900000002", "pupils": 780},
)  # fmt: skip
STAFF = (
    ("vanphong", "Nguyễn Thị Hạnh", "office"),
    ("ketoan", "Trần Thu Lan", "accountant"),
    ("hieutruong", "Lê Minh Quân", "head"),
)


@click.command(help="Make (once) and run a demo school on 127.0.0.1; Ctrl-C stops it.")
@click.option("--port", default=8080, show_default=True)
@click.option("--prepare-only", is_flag=True, help="Make the data and stop.")
def demo(port: int, prepare_only: bool) -> None:
    address = f"http://127.0.0.1:{port}"
    os.environ.setdefault("TRUONG_BASE_URL", address)  # for links and return addresses of all parts
    settings = load_settings()
    registry = load_registry(settings)
    bind(settings, registry)
    prepare(settings, registry)
    Assets.build(settings.var / "assets")
    settings = settings_with_database()
    db = Database(settings.database_url)
    try:
        notice_channels = _make(db, registry, settings)
    finally:
        db.close()
    _tell(address)
    if prepare_only:
        return
    truong = [sys.executable, "-m", "core.cli"]
    run_together(
        [
            [*truong, "web", "--bind", f"127.0.0.1:{port}"],
            [*truong, "worker"],
            *simulator_commands(address, notice_channels),
        ]
    )


def _make(db: Database, registry: Registry, settings: InstanceSettings) -> dict[str, str]:
    """Create what is missing; gives the channel ids that the simulators send their notices to."""
    with db.all_schools(_ACTOR) as ctx:
        known = {row.code: row.id for row in ctx.session.execute(select(School.code, School.id))}
    for number, wanted in enumerate(SCHOOLS):
        if wanted["code"] not in known:
            say(f"Making {wanted['name']} …")
            known[wanted["code"]] = _make_school(db, registry, wanted, first=number == 0)
    with db.context(_ACTOR, known[SCHOOLS[0]["code"]]) as ctx:
        return {channel.provider: str(channel.id) for channel in channels.all_of(ctx)}


def _make_school(db: Database, registry: Registry, wanted: Mapping[str, Any], *, first: bool) -> UUID:
    with db.all_schools(_ACTOR) as ctx:
        school_id = services.create_school(ctx, **{k: v for k, v in wanted.items() if k != "pupils"})
    with db.context(_ACTOR, school_id) as ctx:
        services.open_year(ctx, "2026-2027", date(2026, 8, 1), date(2027, 7, 31))
        for module in sorted(registry.school_modules()):
            modules.switch_module(ctx, registry, module, on=True)
        _make_channels(ctx, wanted["name"], first=first)
    for step in sorted(registry.items("provide_demo"), key=lambda d: d.order):
        with db.context(_ACTOR, school_id) as ctx:
            step.run(ctx, wanted)
    _make_people(db, school_id, first=first)
    return school_id


def _make_channels(ctx: Context, school_name: str, *, first: bool) -> None:
    """The rails as a school would configure them; only addresses and keys point to the simulators."""
    number = SIMULATED["account_number"] if first else "0009876543210"
    account = {
        "bank_bin": SIMULATED["bank_bin"],
        "account_number": number,
        "account_name": fold(school_name).upper(),
    }
    vnpay = {
        "merchant_code": SIMULATED["merchant_code"] if first else "TRUONG02",
        "hash_secret": SIMULATED["vnpay_secret"],
        "pay_url": "http://127.0.0.1:8091/paymentv2/vpcpay.html",
        "api_url": "http://127.0.0.1:8091/merchant_webapi/api/transaction",
    }
    notices = {"style": "sepay", "secret": SIMULATED["bank_secret"], "account_number": number}
    channels.configure(ctx, "vietqr", account, label="Chuyển khoản VietQR", position=1)
    channels.configure(ctx, "vnpay", vnpay, label="VNPay", position=2, fee_fixed=1100)
    channels.configure(ctx, "bank_notices", notices, label="Thông báo ngân hàng", position=9)


def _make_people(db: Database, school_id: UUID, *, first: bool) -> None:
    """Staff of each school; one parent and one operator for the whole demo."""
    suffix = "" if first else "2"
    with db.context(_ACTOR, school_id) as ctx:
        for login, name, role in STAFF:
            account = accounts.create_account(ctx, login + suffix, name, password=PASSWORD)
            access.grant(ctx, account, role)
        if first:
            guardian = _guardian_of_two(ctx)
            account = accounts.create_account(ctx, "phuhuynh", "Phụ huynh thử", password=PASSWORD, person_id=guardian)
            access.grant(ctx, account, "parent")
    if first:
        with db.all_schools(_ACTOR) as ctx:
            account = accounts.create_account(ctx, "vanhanh", "Đỗ Quốc Bảo", password=PASSWORD)
            access.grant(ctx, account, "operator")


def _guardian_of_two(ctx: Context) -> UUID | None:
    """A parent of two children with bills to pay, so that the family page has something to show."""
    children, owed = func.count(Relation.related_id.distinct()), func.count(Charge.id.distinct())
    query = (
        select(Relation.person_id)
        .outerjoin(Charge, (Charge.person_id == Relation.related_id) & (Charge.state == "open"))
        .group_by(Relation.person_id)
        .order_by((children == 2).desc(), owed.desc(), Relation.person_id)
        .limit(1)
    )
    return ctx.session.scalars(query).first()


def _tell(address: str) -> None:
    say("")
    say(f"Truong runs at        {address}")
    say("VNPay simulator       http://127.0.0.1:8091/")
    say("Bank simulator        http://127.0.0.1:8092/")
    say("")
    for login, name, role in (*STAFF, ("phuhuynh", "parent of two", "parent"), ("vanhanh", "Đỗ Quốc Bảo", "operator")):
        say(f"  {role:<12} {login:<12} {PASSWORD}     {name}")
    say("")
