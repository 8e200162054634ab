"""A plugin that breaks its pages is taken out while the program starts; every other page goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.kernel import discovery
from core.kernel.registry import collect
from core.kernel.states import Loaded, PluginState
from core.sdk import VERSION
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import create_app
from core.web.core_plugin import CORE_PLUGINS
from tests.conftest import signed_in

HEAD = """
from flask import Blueprint
from core.sdk import *
from core.sdk import _, hookimpl
from core.sdk.web import ApiBlueprint, api, page, public
manifest = Manifest(name="trial", version="1", label=_("Trial"), requires_api=">=0")
pages = Blueprint("trial", __name__)
service = ApiBlueprint("api-trial", __name__)

class Base:
    @hookimpl
    def provide_permissions(self):
        return [Permission("trial.see", _("See"))]

    @hookimpl
    def provide_roles(self):
        return [RoleGrant("head", frozenset({"trial.see"}))]

    @hookimpl
    def provide_pages(self):
        return [pages]
"""
GOOD = """
@pages.get("/")
@page("trial.see")
def index(ctx):
    return "hello"

class Plugin(Base):
    pass
"""
Start = Callable[[str], tuple[Flask, Loaded]]


@pytest.fixture
def start(db: Database, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the program with one more plugin, given by its source."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(source: str) -> tuple[Flask, Loaded]:
        package = tmp_path / "truong_trial"
        package.mkdir()
        (package / "__init__.py").write_text(HEAD + dedent(source))
        found = [*discovery.find(), Loaded("trial", "truong_trial", builtin=False)]
        registry = collect(discovery.load(found, api_version=VERSION), CORE_PLUGINS)
        settings = InstanceSettings(secret_keys=("for-tests-only-" * 4,), var=var, secure_cookies=False)
        trial = registry.plugin("trial")
        assert trial is not None
        return create_app(settings, db=db, registry=registry), trial

    yield run
    sys.modules.pop("truong_trial", None)


def _switched_on(db: Database, school: UUID) -> None:
    from core.school.models import ModuleSwitch

    with db.context(system_actor("test"), school) as ctx:
        ctx.session.add(ModuleSwitch(module="trial", switched_on_at=ctx.now()))


def _head(db: Database, school: UUID, app: Flask) -> Callable[[str], tuple[int, str]]:
    client = signed_in(app, db, school, "head")

    def get(path: str) -> tuple[int, str]:
        answer = client.get(path)
        return answer.status_code, answer.get_data(as_text=True)

    return get


def test_a_good_plugin_serves_where_it_is_on(start: Start, db: Database, school: UUID, other_school: UUID) -> None:
    app, trial = start(GOOD)
    assert trial.state is PluginState.OK, trial.diagnosis
    _switched_on(db, school)
    assert _head(db, school, app)("/trial/") == (200, "hello")
    assert _head(db, other_school, app)("/trial/")[0] == 404


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("@pages.get('/')\ndef index():\n    return 'open'\n\nclass Plugin(Base):\n    pass\n", "neither @page"),
        (
            GOOD.replace(
                "pass",
                "@hookimpl\n    def provide_nav(self):\n        return [NavItem(_('T'), 'trial.gone', 'x', 'z')]",
            ),
            "'trial.gone'",
        ),
        (
            "@service.route('')\ndef rows():\n    return []\n"
            + GOOD.replace("pass", "@hookimpl\n    def provide_api(self):\n        return [service]"),
            "neither @page",
        ),
        (
            "pages = Blueprint('home', __name__)\n" + GOOD,
            "not named after the plugin",
        ),
        (
            "pages = Blueprint('trial', __name__, url_prefix='/finance')\n" + GOOD,
            "outside /trial",
        ),
    ],
)
def test_a_broken_plugin_is_out_and_the_rest_serves(
    start: Start, db: Database, school: UUID, source: str, words: str
) -> None:
    app, trial = start(source)
    assert not trial.usable
    assert words in trial.diagnosis
    _switched_on(db, school)
    get = _head(db, school, app)
    assert get("/trial/")[0] == 404
    assert get("/")[0] == 200
    status, modules = get("/modules")
    assert status == 200
    assert words.replace("'", "&#39;") in modules


def test_a_card_that_fails_is_missing_and_the_page_is_there(start: Start, db: Database, school: UUID) -> None:
    source = GOOD.replace(
        "pass",
        """@hookimpl
    def provide_cards(self):
        return [Card("broken", "trial.see", lambda ctx: 1 / 0), Card("whole", "trial.see", lambda ctx: "A CARD")]

    @hookimpl
    def provide_search(self):
        return [SearchSource("broken", _("T"), "trial.see", lambda ctx, words, limit: {}["gone"])]
""",
    )
    app, trial = start(source)
    assert trial.usable, trial.diagnosis
    _switched_on(db, school)
    get = _head(db, school, app)
    status, page = get("/")
    assert status == 200
    assert "A CARD" in page
    assert get("/search?q=abc")[0] == 200
    faults = {fault.part: fault.place for fault in app.extensions["truong"].registry.containment.faults()}
    assert "ZeroDivisionError" in faults["provide_cards broken"]
    assert "KeyError" in faults["provide_search broken"]
