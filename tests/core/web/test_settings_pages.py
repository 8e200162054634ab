"""Settings pages made from what modules declare, and the tests of connections in plain words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.payments import channels, providers
from core.sdk import Setting, _
from core.sdk.web.runtime import Runtime
from core.settings import bind
from core.types.actor import Actor
from core.types.http import HttpClient
from core.types.probe import Probe
from integrations.bank_notices.adapter import BankNoticesProvider
from tests.conftest import SignIn, signed_in
from tests.integrations.bank_notices import samples as bank

PLANTED = "khoa-bi-mat-cua-truong"


def _check(values: Mapping[str, Any], http: HttpClient) -> Probe:
    right = values["finance.t_key"] == PLANTED and values["finance.t_address"].startswith("https://")
    return Probe(right, _("The settings are saved.") if right else _("Please check the marked fields."))


EXTRA = [
    Setting("finance.t_limit", _("Amount"), "money", 50_000),
    Setting("finance.t_address", _("Address"), "address", check=_check),
    Setting("finance.t_key", _("Key"), secret=True),
    Setting("finance.t_paper", _("Kind"), "choice", "A5", choices=(("A4", _("Name")), ("A5", _("Key")))),
    Setting("finance.t_everywhere", _("Kind"), scope="instance", default="x"),
]


@pytest.fixture
def own_registry(app: Flask, registry: Registry) -> Iterator[Registry]:
    """The real one with settings of every kind besides."""
    more = (*registry.contributed["provide_settings"], *(Owned("finance", setting) for setting in EXTRA))
    contributed = {**registry.contributed, "provide_settings": more}
    made = dataclasses.replace(registry, contributed=contributed, _kept=type(registry._kept)())
    program: Runtime = app.extensions["truong"]
    program.registry = made
    bind(made)
    yield made
    bind(registry)


def test_settings_are_shown_checked_saved_and_put_back(
    app: Flask, db: Database, school: UUID, own_registry: Registry
) -> None:
    client = signed_in(app, db, school, "head", name="Cô Hiệu trưởng")
    token = {"csrf_token": client.csrf, "module": "finance"}  # type: ignore[attr-defined]
    page = client.get("/settings/").text
    assert "finance.t_limit" in page
    assert "finance.t_everywhere" not in page
    given = {
        **token,
        "finance.link_days": "abc",
        "finance.t_limit": "1.250.000",
        "finance.t_address": "http://example.vn",
        "finance.t_key": PLANTED,
        "finance.t_paper": "A3",
        "finance.part_least": "100.000",
        "finance.insurance_share": "0",
    }
    wrong = client.post("/settings/", data=given)
    assert wrong.status_code == 422
    for key in ("finance.link_days", "finance.t_address", "finance.t_paper"):
        assert f"#f-{key}" in wrong.text
    assert "1.250.000" in wrong.text, "what was typed is kept"
    assert PLANTED not in wrong.text
    good = {**given, "finance.link_days": "30", "finance.t_address": "https://example.vn", "finance.t_paper": "A4"}
    assert client.post("/settings/", data=good).status_code == 303
    page = client.get("/settings/").text
    assert "1250000" in page
    assert "Cô Hiệu trưởng" in page
    assert PLANTED not in page
    entries = client.get("/audit").text.count("finance.t_") + client.get("/audit").text.count(PLANTED)
    assert entries == 0
    tested = client.post("/settings/school/test/finance", data=token, follow_redirects=True)
    assert "Đã lưu thiết lập." in tested.text
    assert client.post("/settings/school/clear/finance.t_key", data=token).status_code == 303
    tested = client.post("/settings/school/test/finance", data=token, follow_redirects=True)
    assert "Đã lưu thiết lập." not in tested.text
    accountant = signed_in(app, db, school, "accountant")
    assert accountant.get("/settings/").status_code == 403


def test_settings_of_the_installation_are_the_operators(
    app: Flask, db: Database, school: UUID, other_school: UUID, own_registry: Registry
) -> None:
    operator = signed_in(app, db, school, "operator")
    token = {"csrf_token": operator.csrf, "module": "finance"}  # type: ignore[attr-defined]
    assert operator.post("/settings/installation", data={**token, "finance.t_everywhere": "y"}).status_code == 303
    elsewhere = signed_in(app, db, other_school, "operator")
    assert 'value="y"' in elsewhere.get("/settings/installation").text
    assert signed_in(app, db, school, "head").get("/settings/installation").status_code == 403


def test_channels_are_tested_in_plain_words(
    app: Flask, db: Database, school: UUID, system: Actor, sign_in: SignIn
) -> None:
    providers.bind({"bank_notices": BankNoticesProvider()})
    with db.context(system, school) as ctx:
        channel = channels.configure(ctx, "bank_notices", bank.config("sepay"))
    client = sign_in(school, "head")
    assert str(channel) in client.get("/settings/connections").text
    token = {"csrf_token": client.csrf}  # type: ignore[attr-defined]
    told = client.post(f"/settings/connections/{channel}/test", data=token, follow_redirects=True).text
    assert "được chấp nhận" in told
    assert client.post(f"/settings/connections/{school}/test", data=token).status_code == 404
