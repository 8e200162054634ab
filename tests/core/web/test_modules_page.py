"""The page of modules says what works in part, what of it failed and what waits for a module that is out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.kernel.containment import PATIENCE, Containment
from core.kernel.registry import Registry
from core.kernel.states import PluginState
from core.sdk.testing.fixtures import SignIn
from core.sdk.web.runtime import Runtime
from core.types.actor import Actor
from core.work.queue import enqueue


@pytest.fixture
def worn(app: Flask, registry: Registry) -> Iterator[Registry]:
    """A registry in which much goes wrong, for one test."""
    runtime: Runtime = app.extensions["truong"]
    plugins = tuple(replace(plugin) for plugin in registry.plugins)
    broken = replace(registry, plugins=plugins, containment=Containment())
    runtime.registry = broken
    yield broken
    runtime.registry = registry


def test_faults_and_stranded_jobs_are_shown(
    worn: Registry, sign_in: SignIn, school: UUID, db: Database, system: Actor
) -> None:
    for _time in range(PATIENCE):
        worn.containment.note("learners", "provide_cards learners.today", ValueError("Nguyễn Văn A"))
    worn.containment.note("vietqr", "provide_slots vietqr.hint", KeyError("x"))
    with db.context(system, school) as ctx:
        enqueue(ctx, "finance.publish", {})
    next(plugin for plugin in worn.plugins if plugin.name == "finance").quarantine(PluginState.ROUTE_FAILED, "no page")
    page = sign_in(school, "head", "operator").get("/modules").get_data(as_text=True)
    assert "Hoạt động một phần" in page
    assert "provide_cards learners.today" in page
    assert f"{PATIENCE} lần" in page
    assert "đang tạm bỏ qua" in page
    assert "provide_slots vietqr.hint" in page
    assert "route_failed: no page" in page
    assert "1 công việc đang chờ" in page
    assert "Nguyễn Văn A" not in page, "what a person is called is in no diagnosis"
