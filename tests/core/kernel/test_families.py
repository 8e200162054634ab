"""Every family of hooks with a plugin that uses it: the facade gives it, the core does something with it, and a part
that fails is missing, refused or retried, never more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from core.access import may, reach, reached, require_for, scopes
from core.data.embedded import create_database, drop_database
from core.data.session import Database
from core.data.types import new_id
from core.disclosure import disclose, purposes, state_purpose
from core.hookspecs import SPECS
from core.kernel import discovery
from core.kernel.dispatch import CANNOT_SAY
from core.kernel.facade import Facade
from core.kernel.kinds import CALLED, KINDS
from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded, PluginState
from core.people.models import Person
from core.people.services import create_person
from core.sdk import VERSION, Message
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from core.sdk.testing.fixtures import SECRET, SignIn, as_worker, make_school, signed_in, signed_in_as_application
from core.settings.instance import InstanceSettings
from core.types.actor import Actor, system_actor
from core.web.app import create_app
from core.web.core_plugin import CORE_PLUGINS
from core.work import lifecycle
from core.work.worker import Worker
from plugins.learners.services.learners import create_learner, list_learners

from . import canteen

ACTOR = system_actor("test")


@pytest.fixture(scope="module")
def house() -> Registry:
    """The built-in modules and the canteen, loaded as the program does."""
    found = [*discovery.find(), Loaded("canteen", canteen.__name__, builtin=False)]
    made = collect(discovery.load(found, api_version=VERSION), CORE_PLUGINS)
    plugin = made.plugin("canteen")
    assert plugin is not None
    assert plugin.state is PluginState.OK, plugin.diagnosis
    return made


@pytest.fixture(scope="module")
def base(server: str, template: str) -> Iterator[Database]:
    create_database(server, "test_families", template=template)
    with signed_in_as_application(server, "test_families") as database:
        yield database
    drop_database(server, "test_families")


@pytest.fixture(scope="module")
def here(base: Database, house: Registry) -> UUID:
    return make_school(base, "NHABEP", "Trường Nhà Bếp", "primary", "TRN", house.school_modules())


@pytest.fixture(scope="module")
def site(base: Database, house: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    before = scopes._registry
    var: Path = tmp_path_factory.mktemp("var")
    settings = InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)
    yield create_app(settings, db=base, registry=house)
    scopes._registry = before
    purposes.bind(())


@pytest.fixture
def enter(site: Flask, base: Database) -> SignIn:
    return partial(signed_in, site, base)


@pytest.fixture
def pupil(base: Database, here: UUID, site: Flask) -> Iterator[UUID]:
    with base.context(ACTOR, here) as ctx:
        child = create_learner(ctx, {"hovaten": "Nguyễn Văn An"})
    yield child
    with base.context(ACTOR, here) as ctx:
        ctx.session.execute(text("DELETE FROM core_person WHERE id = :id"), {"id": child})


@pytest.fixture(autouse=True)
def quiet(house: Registry) -> Iterator[None]:
    yield
    canteen.FAILS.clear()
    canteen.REFUSED.clear()
    canteen.BUSY.clear()
    canteen.HEARD.clear()
    house.containment._until.clear()


def test_every_hook_has_a_kind_and_a_typed_method() -> None:
    hooks = {name for spec in SPECS for name in vars(spec) if not name.startswith("_")}
    assert hooks == {*KINDS, *CALLED}
    methods = {name for name in dir(Facade) if not name.startswith("_")}
    other = {"roles": "role_permissions", "search": "search_sources", "demo": "demos", "events": "event_types"}
    for hook in sorted(KINDS):
        name = hook.removeprefix("provide_")
        assert other.get(name, name) in methods, hook
    assert set(CALLED) <= methods


def test_what_it_gives_is_there_and_goes_with_the_module(house: Registry) -> None:
    on, off = frozenset({"learners", "canteen"}), frozenset({"learners"})
    assert "canteen.meal.served" in house.event_types()
    assert "canteen.menu.top" in house.slot_places()
    families: list[Callable[[frozenset[str]], set[str]]] = [
        lambda modules: {o.item.name for o in house.slots("core.home.top", modules)},
        lambda modules: {a.name for a in house.actions("learner", modules) if a.name.startswith("canteen")},
        lambda modules: {o.item.name for o in house.indicators(modules) if o.module == "canteen"},
        lambda modules: {name for name in house.reports(modules) if name.startswith("canteen")},
        lambda modules: {i.name for i in house.importers(modules) if i.name.startswith("canteen")},
        lambda modules: {i.name for i in house.exporters(modules) if i.name.startswith("canteen")},
        lambda modules: {name for name in house.code_lists(modules) if name.startswith("canteen")},
        lambda modules: {s.name for s in house.absence_sources(modules) if s.name.startswith("canteen")},
        lambda modules: {name for name in house.scopes(modules) if name.startswith("canteen")},
        lambda modules: {o.item.name for o in house.purposes(modules)},
    ]
    for found in families:
        assert found(on)
        assert not found(off)
    assert "canteen.food" in {o.item.name for o in house.personal_data()}, "held also while the module is off"


def test_a_code_list_has_the_version_of_its_time(house: Registry) -> None:
    fruit = house.code_lists()["canteen.fruit"]
    assert [fruit.at(day).version for day in (date(2019, 1, 1), date(2026, 8, 31), date(2026, 9, 1))] == ["1", "1", "2"]
    assert fruit.at(date(2026, 9, 1)).by_code["a"].replaced_by == "b"


def test_a_scope_limits_lists_and_records(base: Database, here: UUID, pupil: UUID) -> None:
    with base.context(ACTOR, here) as ctx:
        other = create_learner(ctx, {"hovaten": "Lê Bình"})
    cook = Actor("account", "Bếp", permissions=frozenset({"learners.learner.read.canteen_table"}))
    with base.context(cook, here) as ctx:
        assert [line.full_name for line in list_learners(ctx)] == ["Nguyễn Văn An"]
        assert may(ctx, "learners.learner.read", pupil)
        assert not may(ctx, "learners.learner.read", other)
        found = select(Person.id).where(reach(ctx, "learners.learner.read", Person.id))
        assert pupil in set(ctx.session.scalars(found))
        assert other not in set(ctx.session.scalars(found))
        canteen.FAILS.add("scope")
        assert not may(ctx, "learners.learner.read", pupil), "a scope that fails reaches nobody"
        assert reached(ctx, "learners.learner.read") == frozenset()
        with pytest.raises(Forbidden):
            reach(ctx, "finance.bill.read", Person.id)


def test_sensitive_data_are_read_for_a_purpose_of_a_plugin_where_it_is_on(
    base: Database, here: UUID, house: Registry, site: Flask, pupil: UUID
) -> None:
    assert [p.name for p in purposes.serving({"health"}, frozenset({"canteen"}))][-1] == "canteen.allergies"
    assert "canteen.allergies" not in {p.name for p in purposes.serving({"health"}, frozenset({"learners"}))}
    cook = Actor("account", "Bếp", account_id=new_id(), roles=frozenset({"office"}), session_id=new_id())
    elsewhere = make_school(base, "KHONGBEP", "Trường Không Bếp", "primary", "TRK", {"learners"})
    with base.context(cook, here) as ctx:
        state_purpose(ctx, pupil, "canteen.allergies")
        assert disclose(ctx, pupil, {"health", "policy"}, place=Message("Menu")) == {"health"}
    with base.context(cook, elsewhere) as ctx, pytest.raises(Invalid):
        state_purpose(ctx, pupil, "canteen.allergies")


def test_a_check_of_access_refuses_and_fails_closed(base: Database, here: UUID, pupil: UUID) -> None:
    clerk = Actor("account", "Văn thư", permissions=frozenset({"learners.learner.read"}))
    with base.context(clerk, here) as ctx:
        require_for(ctx, "learners.learner.read", pupil)
        canteen.REFUSED.add(pupil)
        with pytest.raises(NotFound):
            require_for(ctx, "learners.learner.read", pupil)
        canteen.REFUSED.clear()
        canteen.FAILS.add("access")
        assert not may(ctx, "learners.learner.read", pupil)
    with base.context(ACTOR, here) as ctx:
        assert may(ctx, "learners.learner.read", pupil), "the program itself is asked nothing"


def test_a_module_may_refuse_to_be_switched_off(base: Database, here: UUID, house: Registry) -> None:
    worker = Worker(as_worker(base), house)
    canteen.BUSY.append("Meals are being served.")
    for reason in ("Meals are being served.", str(CANNOT_SAY)):
        for module in ("canteen", "learners"):  # the canteen needs the pupils: both ways ask it
            with pytest.raises(Conflict) as refused, base.context(ACTOR, here) as ctx:
                lifecycle.switch_module(ctx, house, module, on=False)
            assert str(refused.value.message) == reason
        canteen.BUSY.clear()
        canteen.FAILS.add("check")
    canteen.FAILS.clear()
    worker.drain(20)
    assert canteen.HEARD == [], "nothing happened, so nobody heard of anything"
    with base.context(ACTOR, here) as ctx:
        assert lifecycle.switch_module(ctx, house, "canteen", on=False) == {"canteen"}
    worker.drain(20)
    with base.context(ACTOR, here) as ctx:
        lifecycle.switch_module(ctx, house, "canteen", on=True)
    worker.drain(20)
    assert [("off", here), ("on", here)] == canteen.HEARD


def test_the_page_of_modules_says_the_reason(here: UUID, enter: SignIn) -> None:
    head = enter(here, "head")
    canteen.BUSY.append("Meals are being served.")
    form = {"on": "0", "csrf_token": head.csrf}  # type: ignore[attr-defined]
    assert head.post("/modules/canteen", data=form).status_code == 303
    assert "Meals are being served." in head.get("/modules").text
    assert head.get("/canteen/meals").text == "meals", "it is still on"


def test_a_new_school_is_told_until_it_is_heard(base: Database, house: Registry) -> None:
    canteen.FAILS.add("created")
    school = make_school(base, "MOI", "Trường Mới", "primary", "TRM", ())
    with base.all_schools(ACTOR) as ctx:
        lifecycle.school_created(ctx, house, school)
    worker = Worker(as_worker(base), house)
    worker.drain(20)
    assert canteen.HEARD == []
    canteen.FAILS.clear()
    with base.all_schools(ACTOR) as ctx:
        ctx.session.execute(text("UPDATE core_job SET run_at = now() WHERE state = 'waiting'"))
    worker.drain(20)
    assert [("new", school)] == canteen.HEARD


def test_parts_on_pages_of_others(here: UUID, pupil: UUID, enter: SignIn) -> None:
    head = enter(here, "head")
    for address in ("/", f"/learners/{pupil}"):
        assert "canteen note" in head.get(address).text
    assert f"/canteen/of/{pupil}" in head.get(f"/learners/{pupil}").text
    index = head.get("/learners/").text
    assert 'formaction="/canteen/order"' in index
    assert f'value="{pupil}"' in index
    sent = head.post("/canteen/order", data={"selected": [str(pupil)], "csrf_token": head.csrf})  # type: ignore[attr-defined]
    assert sent.text == str(pupil)
    canteen.FAILS.update({"slot", "resolve"})
    shown = head.get(f"/learners/{pupil}")
    assert shown.status_code == 200
    assert "canteen note" not in shown.text
    assert "canteen note" not in enter(here, "office").get("/").text, "who may not read the menu sees no note"


def test_figures_and_files(here: UUID, enter: SignIn, house: Registry) -> None:
    head = enter(here, "head")
    assert ">42<" in head.get("/figures").text
    canteen.FAILS.add("indicator")
    assert ">42<" not in head.get("/figures").text
    assert "every day" in head.get("/reports/canteen.meals").text
    assert head.get("/reports/canteen.meals?day=never").status_code == 422
    assert "monday;42" in head.get("/reports/canteen.meals?day=monday&format=csv").data.decode("utf-8-sig")
    assert "/canteen/meals" in head.get("/exchange").text


def test_what_cannot_be_read_is_said_and_what_cannot_be_erased_stops_all(
    base: Database, here: UUID, pupil: UUID, enter: SignIn
) -> None:
    head = enter(here, "head")
    assert "no peanuts" in head.get(f"/people/{pupil}/data").text
    canteen.FAILS.add("show")
    body = json.loads(head.get(f"/people/{pupil}/data.json").data)
    assert [each["complete"] for each in body["held"] if each["name"] == "canteen.food"] == [False]
    with base.context(ACTOR, here) as ctx:
        ctx.session.execute(text("UPDATE core_person SET email = 'an@x.vn' WHERE id = :id"), {"id": pupil})
    canteen.FAILS.add("erase")
    assert head.post(f"/people/{pupil}/erase", data={"csrf_token": head.csrf}).status_code == 500  # type: ignore[attr-defined]
    with base.context(ACTOR, here) as ctx:
        assert ctx.session.scalar(text("SELECT email FROM core_person WHERE id = :id"), {"id": pupil}) == "an@x.vn"


def test_the_page_of_a_person_is_the_first_that_knows_them(
    base: Database, here: UUID, pupil: UUID, enter: SignIn
) -> None:
    head = enter(here, "head")
    assert f'href="/learners/{pupil}"' in head.get(f"/people/{pupil}/data").text
    with base.context(ACTOR, here) as ctx:
        guest = create_person(ctx, "Khách")
    assert f'href="/learners/{guest}"' not in head.get(f"/people/{guest}/data").text


def test_scopes_and_data_classes_that_are_not_its_own() -> None:
    from core.kernel.claims import answer_faults

    plugin = canteen.Plugin()
    own = replace(plugin.provide_scopes()[0], suffix="own")
    held = replace(plugin.provide_personal_data()[0], data_classes=("contact",))
    faults = list(
        answer_faults(
            canteen.manifest,
            {
                "provide_scopes": [own],
                "provide_personal_data": [held],
                "provide_permissions": [replace(plugin.provide_permissions()[1], name="finance.bill.read.own_")],
                "provide_events": [replace(plugin.provide_events()[0], name="finance.x.y")],
            },
        )
    )
    assert len(faults) == 4, faults
