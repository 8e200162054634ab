"""The program with one package and what it requires, nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from core.access.models import Grant
from core.access.roles import OPERATOR, ROLES
from core.cli.quality.facts import Facts
from core.data.context import Context
from core.data.embedded import database_url
from core.data.session import Database
from core.data.types import new_id
from core.identity.models import Account
from core.identity.sessions import open_session
from core.kernel import discovery
from core.kernel.claims import tables_of
from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded, PluginState
from core.school.models import School, SchoolYear
from core.school.modules import switch_module
from core.sdk import VERSION
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import create_app
from core.web.core_plugin import CORE_PLUGINS
from core.web.mount import undeclared

ACTOR = system_actor("check")
_PROVIDERS = (
    "provide_payment_providers", "provide_signing_providers", "provide_identity_providers", "provide_portal_services",
    "provide_notification_channels", "provide_einvoice_providers", "provide_file_stores",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """Which package, and where its throw-away database is."""

    name: str
    module: str
    server: str
    database: str

    def address(self, role: str) -> str:
        return database_url(self.server, self.database, role)


@dataclass(frozen=True, slots=True)
class Served:
    """The application with a school that has the module on, and somebody who may do everything there."""

    subject: Subject
    app: Flask
    db: Database
    registry: Registry
    token: str


def load(subject: Subject, facts: Facts) -> Registry:
    """Import the package beside what it requires and tell what became of it."""
    plugins = _needed(discovery.load(_found(subject), api_version=VERSION), subject.name)
    registry = collect(plugins, CORE_PLUGINS)
    found = next(plugin for plugin in plugins if plugin.name == subject.name)
    facts.state, facts.diagnosis = found.state.value, found.diagnosis
    if found.manifest is not None:
        manifest = found.manifest
        facts.version, facts.licence = manifest.version, manifest.licence
        facts.security_contact = manifest.security_contact
        facts.requires, facts.data_classes = list(manifest.requires), list(manifest.data_classes)
        facts.outbound_hosts = list(manifest.outbound_hosts)
    if found.usable:
        _tell(registry, found, facts)
    return registry


def _found(subject: Subject) -> list[Loaded]:
    found = [plugin for plugin in discovery.find() if plugin.name != subject.name or plugin.module == subject.module]
    if not any(plugin.name == subject.name for plugin in found):
        found.append(Loaded(subject.name, subject.module, builtin=False))
    return found


def _needed(plugins: list[Loaded], name: str) -> list[Loaded]:
    wanted, waiting = {name}, [name]
    requires = {plugin.name: plugin.manifest.requires if plugin.manifest else () for plugin in plugins}
    while waiting:
        for other in requires.get(waiting.pop(), ()):
            if other not in wanted:
                wanted.add(other)
                waiting.append(other)
    return [plugin for plugin in plugins if plugin.name in wanted]


def _tell(registry: Registry, found: Loaded, facts: Facts) -> None:
    def own(hook: str) -> list[Any]:
        return [owned.item for owned in registry.owned(hook) if owned.module == found.name]

    facts.hooks = {asked.hook: asked.items for asked in registry.asked if asked.module == found.name}
    for hook in _PROVIDERS:
        named = [[item.name, f"{type(item).__module__}.{type(item).__qualname__}"] for item in own(hook)]
        if named:
            facts.providers[hook] = named
    facts.personal_classes = sorted({name for held in own("provide_personal_data") for name in held.data_classes})
    facts.settings = [setting.key for setting in own("provide_settings")]
    facts.settings_without_help = [setting.key for setting in own("provide_settings") if setting.help is None]
    facts.events = [event.name for event in own("provide_events")]
    facts.models = tables_of(found.module)


@contextmanager
def serving(subject: Subject, registry: Registry, facts: Facts) -> Iterator[Served]:
    """The application, a school with the module on, its demo, and a session with every role of a school."""
    with tempfile.TemporaryDirectory(prefix="truong-check-var-") as var:
        settings = InstanceSettings(
            secret_keys=("only-for-a-check-" * 3,), var=Path(var), base_url="http://localhost", secure_cookies=False
        )
        db = Database(subject.address("truong_app"))
        try:
            app = create_app(settings, db=db, registry=registry)
            found = registry.plugin(subject.name)
            if found is not None and found.state is not PluginState.OK:
                facts.state, facts.diagnosis = found.state.value, found.diagnosis
            facts.open_views = _open_views(app, registry, subject.name)
            school = _school(db, registry)
            _demo(db, registry, school, subject.name, facts)
            yield Served(subject, app, db, registry, _session(db, school))
        finally:
            db.close()


def _open_views(app: Flask, registry: Registry, name: str) -> list[str]:
    """Views without a declaration, or with a permission that nobody declares."""
    blueprints = {owned.item.name for hook in ("provide_pages", "provide_api") for owned in registry.owned(hook)
                  if owned.module == name}  # fmt: skip
    views = {e: v for e, v in app.view_functions.items() if e.partition(".")[0] in blueprints}
    declared = {permission.name for permission in registry.permissions()}
    bases = {permission.rpartition(".")[0] for permission in declared}
    found = [f"{endpoint} declares nothing" for endpoint in undeclared(views)]
    for endpoint, view in views.items():
        asked = getattr(view, "truong_permission", None)
        if asked is not None and asked not in declared | bases:
            found.append(f"{endpoint} asks for {asked}, which nobody declares")
        why = getattr(view, "truong_public", None)
        if why is not None and len(str(why).split()) < 3:
            found.append(f"{endpoint} does not say why it is public")
    return sorted(found)


def _school(db: Database, registry: Registry) -> UUID:
    school_id = new_id()
    with db.all_schools(ACTOR) as ctx:
        ctx.session.add(
            School(id=school_id, code="CHECK", name="Trường thử", level="lower_secondary", province="01",
                   payment_prefix="CHK")
        )  # fmt: skip
        ctx.session.flush()
        ctx.session.add(
            SchoolYear(school_id=school_id, name="2026-2027", starts_on=date(2026, 8, 1), ends_on=date(2027, 7, 31),
                       current=True)
        )  # fmt: skip
    with db.context(ACTOR, school_id) as ctx:
        for module in sorted(registry.school_modules()):
            switch_module(ctx, registry, module, on=True)
    return school_id


def _demo(db: Database, registry: Registry, school: UUID, name: str, facts: Facts) -> None:
    """Fill the school by the steps of the demo; those of others may need a stage that is not here."""
    options = {"pupils": 60, "level": "lower_secondary", "name": "Trường thử"}
    mine = {owned.item.name for owned in registry.owned("provide_demo") if owned.module == name}
    for step in registry.demos():
        try:
            with db.context(ACTOR, school) as ctx:
                step.run(ctx, options)
        except Exception as error:
            if step.name in mine:
                facts.demo = f"{step.name}: {type(error).__name__}: {error}"[:300]


def _session(db: Database, school: UUID) -> str:
    account = new_id()
    with db.all_schools(ACTOR) as ctx:
        ctx.session.add(
            Account(id=account, login="check", name="Người thử", password_hash=None, last_sign_in_at=None,
                    password_changed_at=None)
        )  # fmt: skip
        ctx.session.flush()
        _grant(ctx, account, school)
        return open_session(ctx, account, school, "127.0.0.1", "check")


def _grant(ctx: Context, account: UUID, school: UUID) -> None:
    for role in sorted(set(ROLES) - {OPERATOR}):
        ctx.session.add(
            Grant(account_id=account, role=role, school_id=school, valid_from=ctx.now(), valid_until=None,
                  granted_by=None)
        )  # fmt: skip
