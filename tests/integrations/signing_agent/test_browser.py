"""The page's script in a real Chromium, under the policy of the page, with a signing program on this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

import integrations.signing_agent
from core.sdk.signing import Config, Signing, SigningOrder
from core.sdk.testing.signing import NOW
from core.sdk.web.policy import may_connect
from integrations.signing_agent.adapter import AgentProvider
from integrations.signing_agent.simulator import Agent, AgentServer

from .test_contract import HTTP, config_of, make_order

pytestmark = pytest.mark.browser
SCRIPT = Path(integrations.signing_agent.__file__).with_name("static") / "agent.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "the browser tests need Chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def running(agent: Agent) -> Iterator[AgentServer]:
    with AgentServer(agent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def school(prompt: str, allowed: str, answers: list[str]) -> Iterator[str]:
    """A page with the form that signs."""
    app = Flask(__name__)

    @app.get("/")
    def page() -> Response:
        form = f'<form method="post" action="/" data-signing-agent data-signing-prompt="{escape(prompt)}">'
        fields = (
            '<input type="hidden" name="code" value=""><button>Ký</button><p data-signing-failed hidden>!</p></form>'
        )
        head = '<!doctype html><script type="module" src="/agent.js"></script>'
        return may_connect(Response(head + form + fields), allowed)

    @app.get("/agent.js")
    def script() -> Response:
        return Response(SCRIPT.read_bytes(), mimetype="text/javascript")

    @app.post("/")
    def confirm() -> str:
        answers.append(request.form["code"])
        return "<p id=done>"

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()


def begun(order: SigningOrder, config: Config) -> Signing:
    seen = AgentProvider().begin(order, config, HTTP, NOW)
    assert isinstance(seen, Signing)
    return seen


def press(chromium: Browser, prompt: str, allowed: str, wait_for: str) -> list[str]:
    """Open the page, press the button; what arrived at the school."""
    answers: list[str] = []
    with school(prompt, allowed, answers) as url:
        page = chromium.new_page()
        page.goto(url)
        page.click("button")
        page.wait_for_selector(wait_for, state="attached", timeout=8000)
        page.close()
    return answers


def test_a_class_is_signed_by_one_connection(chromium: Browser) -> None:
    agent, order = Agent(), make_order(35)
    with running(agent) as server:
        config = {**config_of(), "agent_url": server.address}
        seen = begun(order, config)
        (answer,) = press(chromium, seen.prompt, server.address, "#done")
    signed = AgentProvider().authorise(replace(order, provider_data=seen.remember), answer, config, HTTP, NOW)
    assert isinstance(signed, Signing)
    assert (signed.state.value, len(signed.signatures), agent.connections) == ("signed", 35, 1)


def test_half_a_class_arrives_when_the_token_is_pulled_out(chromium: Browser) -> None:
    agent, order = Agent(), make_order(5)
    agent.faults.update({"vanish_after": 3})
    with running(agent) as server:
        config = {**config_of(), "agent_url": server.address}
        (answer,) = press(chromium, begun(order, config).prompt, server.address, "#done")
    half = AgentProvider().authorise(order, answer, config, HTTP, NOW)
    assert isinstance(half, Signing)
    assert (half.state.value, len(half.signatures)) == ("prepared", 3)


def test_the_policy_of_the_page_stops_another_address(chromium: Browser) -> None:
    agent, order = Agent(), make_order(1)
    with running(agent) as server:
        prompt = begun(order, {**config_of(), "agent_url": server.address}).prompt
        assert press(chromium, prompt, "wss://127.0.0.1:8987/SignMsg", "[data-signing-failed]:not([hidden])") == []
    assert agent.connections == 0


@pytest.mark.parametrize("address", ["wss://sign.example:1/", "http://127.0.0.1:1/", "wss://127.0.0.1/"])
def test_no_page_may_connect_elsewhere(address: str) -> None:
    with pytest.raises(ValueError, match="own computer"):
        may_connect(Response(), address)
