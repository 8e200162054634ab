"""The schools of the demo, and how one is made: channels, people, then the steps of the modules, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core import access
from core.cli.serve import PORTS, SIMULATED, simulator_commands
from core.data.base import Base
from core.data.bulk import refresh_statistics
from core.data.context import Context
from core.data.fold import fold
from core.data.session import Database
from core.data.types import local_date
from core.identity import accounts
from core.kernel.registry import Registry
from core.payments import channels
from core.payments.models import Charge
from core.people.models import Relation
from core.people.services import create_person
from core.school import services
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now
from core.work import lifecycle

from . import accounts_outside
from .authorities import make_calendar
from .outside import outside
from .watching import make_watching

ACTOR = system_actor("demo")
PASSWORD = "hoa phuong do"  # noqa: S105  (printed on purpose; the demo listens on loopback only)
SCHOOLS: tuple[Mapping[str, Any], ...] = (
    {"code": "HOAPHUONG", "name": "Trường THCS Hoa Phượng", "level": "lower_secondary", "province": "01",
     "ownership": "public", "payment_prefix": "TRH", "address": "12 phố Bằng Lăng, Hà Nội", "phone": "0900000001",
     "pupils": 280, "account_number": SIMULATED["account_number"], "merchant_code": SIMULATED["merchant_code"]},
    {"code": "CANHDIEU", "name": "Trường Tiểu học Cánh Diều", "level": "primary", "province": "48",
     "ownership": "private", "payment_prefix": "TRG", "address": "8 đường Trúc Xanh, Đà Nẵng", "phone": "0900000002",
     "pupils": 80, "account_number": "0009876543210", "merchant_code": "TRUONG02"},
)  # fmt: skip
_OF_A_SCHOOL = ("code", "name", "level", "ownership", "province", "payment_prefix", "address", "phone")
_FIRST_STEPS = 4
"""So many steps fill empty tables; those that come later change no table beyond what the planner knows."""
STAFF = (
    ("vanphong", "Nguyễn Thị Hạnh", "office"),
    ("ketoan", "Trần Thu Lan", "accountant"),
    ("hieutruong", "Lê Minh Quân", "head"),
    ("giaovien", "Phạm Thị Mai", "teacher"),
)


def make_school(
    db: Database,
    registry: Registry,
    wanted: Mapping[str, Any],
    *,
    first: bool,
    simulators: Mapping[str, int] = PORTS,
    clock: Clock = utc_now,
) -> UUID:
    """Make a school with a year of data.

    Args:
        first: the school that parent and operator belong to.
        simulators: ports at which the school will meet the simulators.
    """
    with db.all_schools(ACTOR, clock=clock) as ctx:
        school_id = services.create_school(ctx, **{name: wanted[name] for name in _OF_A_SCHOOL})
        lifecycle.school_created(ctx, registry, school_id)
    with db.context(ACTOR, school_id, clock=clock) as ctx:
        _open_year(ctx)
        make_calendar(ctx, wanted["address"])
        for module in sorted(registry.school_modules()):
            lifecycle.switch_module(ctx, registry, module, on=True)
        make_channels(ctx, wanted, simulators)
        accounts_outside.use(ctx, simulators["vnpay"] - 11)
        people = make_staff(ctx, registry, "" if first else "2")
    commands = simulator_commands(account_number=wanted["account_number"], merchant_code=wanted["merchant_code"])
    with outside(registry, people, commands, wanted["account_number"]) as stage:
        for number, step in enumerate(registry.demos()):
            with db.context(ACTOR, school_id, clock=clock) as ctx:
                step.run(ctx, {**wanted, "stage": stage, "teacher": people["teacher"].person_id})
                if number < _FIRST_STEPS:
                    refresh_statistics(ctx, *Base.metadata.tables)
        if first:
            with db.context(ACTOR, school_id, clock=clock) as ctx:
                make_watching(ctx, registry, people)
                stage.work(ctx)
    if first:
        _make_parent_and_operator(db, school_id, clock)
    return school_id


def _open_year(ctx: Context) -> None:
    """The school year of today."""
    today = local_date(ctx.now())
    start = today.year - (today.month < 8)
    services.open_year(ctx, f"{start}-{start + 1}", date(start, 8, 1), date(start + 1, 7, 31))


def vnpay_addresses(port: int) -> dict[str, str]:
    """Where a simulated VNPay is met."""
    return {
        "pay_url": f"http://127.0.0.1:{port}/paymentv2/vpcpay.html",
        "api_url": f"http://127.0.0.1:{port}/merchant_webapi/api/transaction",
    }


def make_channels(ctx: Context, wanted: Mapping[str, Any], simulators: Mapping[str, int]) -> None:
    """The rails as a school would configure them; only addresses and keys point to the simulators."""
    account = {
        "bank_bin": SIMULATED["bank_bin"],
        "account_number": wanted["account_number"],
        "account_name": fold(wanted["name"]).upper(),
    }
    vnpay = {
        "merchant_code": wanted["merchant_code"],
        "hash_secret": SIMULATED["vnpay_secret"],
        **vnpay_addresses(simulators["vnpay"]),
    }
    notices = {"style": "sepay", "secret": SIMULATED["bank_secret"], "account_number": wanted["account_number"]}
    channels.configure(ctx, "vietqr", account, label="Chuyển khoản VietQR", position=1)
    channels.configure(ctx, "vnpay", vnpay, label="VNPay", position=2, fee_fixed=1100)
    channels.configure(ctx, "bank_notices", notices, label="Thông báo ngân hàng", position=9)


def meet_simulators(ctx: Context, simulators: Mapping[str, int]) -> dict[str, str]:
    """Point the channels to the simulators of this run, should their ports have changed.

    Returns the ids of the channels by provider.
    """
    found = channels.all_of(ctx)
    for channel in found:
        addresses = vnpay_addresses(simulators["vnpay"]) if channel.provider == "vnpay" else {}
        if any(channel.config.get(name) != value for name, value in addresses.items()):
            channels.configure(
                ctx,
                channel.provider,
                {**channel.config, **addresses},
                channel_id=channel.id,
                label=channel.label,
                position=channel.position,
                fee_fixed=channel.fee_fixed,
            )
    accounts_outside.use(ctx, simulators["vnpay"] - 11)
    return {channel.provider: str(channel.id) for channel in found}


def make_staff(ctx: Context, registry: Registry, suffix: str) -> dict[str, Actor]:
    """Accounts of the staff, and each as an actor with the rights of its role."""
    found: dict[str, Actor] = {}
    on = registry.school_modules()
    for login, name, role in STAFF:
        person = create_person(ctx, name) if role == "teacher" else None
        account = accounts.create_account(ctx, login + suffix, name, password=PASSWORD, person_id=person)
        access.grant(ctx, account, role)
        rights = access.permissions_for(registry, {role}, frozenset(on))
        found[role] = Actor(
            "account", name, account_id=account, person_id=person, roles=frozenset({role}), permissions=rights
        )
    return found


def _make_parent_and_operator(db: Database, school_id: UUID, clock: Clock) -> None:
    with db.context(ACTOR, school_id, clock=clock) as ctx:
        guardian = _guardian_of_two(ctx)
        account = accounts.create_account(ctx, "phuhuynh", "Phụ huynh thử", password=PASSWORD, person_id=guardian)
        access.grant(ctx, account, "parent")
    with db.all_schools(ACTOR, clock=clock) as ctx:
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
