"""Who must have a second factor: by role, from when, and what a new role changes at once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from core import access, identity, settings
from core.access.oversight import end_oversight, oversee
from core.data.session import Database
from core.data.types import new_id
from core.identity import second_step
from core.identity.factors import own, recovery, requirement, totp
from core.identity.factors.proofs import FactorRefused
from core.identity.settings import SETTINGS
from core.kernel.registry import Registry
from core.school.models import Organisation
from core.types.actor import Actor
from core.types.errors import Invalid

from .conftest import PASSWORD, FakeClock
from .test_second_factor import _sign_in, _waiting


def test_roles_ask_for_a_factor_after_a_grace(
    db: Database, school: UUID, system: Actor, lan: UUID, clock: FakeClock
) -> None:
    first = _sign_in(db, clock)
    assert first.stage == "open"
    clock.pass_by(days=13)
    late = _sign_in(db, clock)
    assert late.stage == "open"
    clock.pass_by(days=1, seconds=1)
    assert identity.resolve(db, late.token, clock=clock) is None, "the session ends with the grace"
    done = _sign_in(db, clock)
    assert done.stage == "setup"
    assert identity.resolve(db, done.token, clock=clock) is None
    who = _waiting(db, done, clock)
    with pytest.raises(FactorRefused):  # no factor yet: nothing to type
        second_step.finish_with_code(db, who, "123456", clock=clock)
    made = totp.new_secret()
    with db.all_schools(who.setting_up(clock()), clock=clock) as ctx:
        with pytest.raises(Invalid):
            own.set_up_app(ctx, made, "000000")
        assert len(own.set_up_app(ctx, made, totp.code_at(made, clock()))) == recovery.COUNT
        opened = second_step.finish_setup(ctx, who)
    assert identity.resolve(db, opened.token, clock=clock) is not None
    assert _sign_in(db, clock).stage == "factor"
    with pytest.raises(FactorRefused):  # the page of the set-up, sent a second time
        replace(who, factors=replace(who.factors, app=True)).setting_up(clock())


def test_who_must_have_a_factor_is_a_setting(
    db: Database, school: UUID, system: Actor, lan: UUID, clock: FakeClock, registry: Registry
) -> None:
    settings.bind(registry)
    keys = {setting.key for setting in SETTINGS}
    assert {"core.second_factor.operator", "core.second_factor.head", "core.second_factor.grace_days"} <= keys
    with db.all_schools(system, clock=clock) as ctx:
        assert requirement.factors_of(ctx, lan).required
        settings.put(ctx, "core.second_factor.grace_days", 0)
    assert _sign_in(db, clock).stage == "setup"
    with db.all_schools(system, clock=clock) as ctx:
        settings.put(ctx, "core.second_factor.enforced", False)
    assert _sign_in(db, clock).stage == "open"
    with db.all_schools(system, clock=clock) as ctx:
        settings.put(ctx, "core.second_factor.enforced", True)
        settings.put(ctx, "core.second_factor.accountant", False)
    opened = _sign_in(db, clock)
    assert opened.stage == "open"
    with db.context(system, school, clock=clock) as ctx:
        access.grant(ctx, lan, "head")
        requirement.apply_now(ctx, lan)
    assert identity.resolve(db, opened.token, clock=clock) is None, "a new role takes effect at once"
    assert _sign_in(db, clock).stage == "setup"


def test_overseers_have_no_school_and_are_asked_all_the_same(
    db: Database, system: Actor, clock: FakeClock, registry: Registry
) -> None:
    settings.bind(registry)
    with db.all_schools(system, clock=clock) as ctx:
        place = Organisation(id=new_id(), code="BO", name="Bộ Giáo dục và Đào tạo", kind="ministry")
        ctx.session.add(place)
        account = identity.create_account(ctx, "lan@example.vn", "Chị Hà", password=PASSWORD)
        ctx.session.flush()
        oversee(ctx, account, place.id)
        assert not requirement.factors_of(ctx, account).required, "as the installation comes"
        settings.put(ctx, "core.second_factor.overseer", True)
        settings.put(ctx, "core.second_factor.grace_days", 3)
        assert requirement.factors_of(ctx, account).required
    opened = _sign_in(db, clock)
    assert opened.stage == "open", "the grace begins"
    with db.all_schools(system, clock=clock) as ctx:
        settings.put(ctx, "core.second_factor.grace_days", 0)
    done = _sign_in(db, clock)
    assert done.stage == "setup"
    assert identity.resolve(db, done.token, clock=clock) is None, "and nothing opens until there is one"
    clock.pass_by(minutes=1)
    with db.all_schools(system, clock=clock) as ctx:
        end_oversight(ctx, account, place.id)
    assert _sign_in(db, clock).stage == "open", "who oversees nothing any more is not asked"
