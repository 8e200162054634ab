"""Providers as processes, one engine, and a browser that follows their redirects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from uuid import UUID

import pytest
import urllib3
from joserfc.jwk import RSAKey

from core.data.context import Context
from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.identity.oidc import flow, outside, providers
from core.identity.oidc.flow import Done, Visit
from core.identity.oidc.outside import Site
from core.identity.oidc.port import Claims, IdentityProvider, PortalIdentity, ProviderProfile
from core.identity.oidc.rounds import Begun
from core.kernel.registry import Registry
from core.types.message import Message
from integrations.oidc.generic import GenericProvider
from tests.conftest import make_school

PEERS = Path(__file__).resolve().parents[3] / "peers" / "oidc"
SITE = Site("http://localhost", loopback=True)
SECRET = "a secret+with/odd%signs-of-32-characters"
LABEL = Message("Sở")
VISIT = Visit("10.1.1.1", "test")


@dataclass
class Profile:
    """A provider whose settings the test holds."""

    name: str
    settings: ProviderProfile | None
    label: Message = LABEL
    outbound_hosts: tuple[str, ...] = ()

    def profile(self, ctx: Context) -> ProviderProfile | None:
        return self.settings

    def identity(self, claims: Claims) -> PortalIdentity:
        return GenericProvider().identity(claims)


@dataclass
class Peer:
    """A running provider."""

    issuer: str
    key: str = field(default="", repr=False)

    def control(self, **faults: Any) -> dict[str, Any]:
        return self.post("/control", faults)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        answer = urllib3.request("POST", self.issuer + path, body=json.dumps(body).encode())
        return dict(json.loads(answer.data))

    def get(self, path: str) -> dict[str, Any]:
        return dict(json.loads(urllib3.request("GET", self.issuer + path).data))


def _running(*command: str) -> Iterator[str]:
    quiet = {**os.environ, "NODE_NO_WARNINGS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=quiet)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"{command[0]} did not start; for node run `make peers`"
    yield json.loads(line)["issuer"]
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="session")
def panva_process() -> Iterator[Peer]:
    key = RSAKey.generate_key(2048)
    public = json.dumps({**key.as_dict(private=False), "alg": "RS256", "use": "sig"})
    for issuer in _running("node", str(PEERS / "panva.js"), SITE.base_url, public):
        yield Peer(issuer, key.as_pem(private=True).decode())


@pytest.fixture(scope="session")
def hostile_process() -> Iterator[Peer]:
    for issuer in _running(sys.executable, str(PEERS / "hostile.py")):
        yield Peer(issuer)


@pytest.fixture
def panva(panva_process: Peer) -> Peer:
    panva_process.control(account="person-1", acr="LoA2", deny=False, claims={})
    return panva_process


@pytest.fixture
def hostile(hostile_process: Peer) -> Iterator[Peer]:
    """Honest until the test says otherwise; what was kept of it is dropped, for each test has other keys."""
    hostile_process.control()
    outside.forget()
    yield hostile_process
    outside.forget()


@pytest.fixture(scope="module")
def db(server: str, template: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """One database for a file of tests."""
    name = f"oidc_{os.getpid()}_{request.module.__name__.rpartition('.')[2]}"
    create_database(server, name, template=template)
    database = Database(database_url(server, name, "truong_app"), pool_size=4)
    yield database
    database.close()
    drop_database(server, name)


@pytest.fixture(scope="module")
def school(db: Database, registry: Registry) -> UUID:
    return make_school(db, "HOAPHUONG", "Trường THCS Hoa Phượng", "lower_secondary", "TRH", registry.school_modules())


def settings_of(peer: Peer, **changes: Any) -> ProviderProfile:
    profile = ProviderProfile(
        peer.issuer, "test", SECRET, levels=("LoA1", "LoA2", "LoA3"), scopes=("openid", "profile")
    )
    return replace(profile, **changes)


@pytest.fixture
def bound() -> Iterator[dict[str, IdentityProvider]]:
    """Providers of this test by name."""
    known: dict[str, IdentityProvider] = {}
    providers.bind(known)
    yield known
    providers.bind({})


def use(bound: dict[str, IdentityProvider], peer: Peer, name: str = "test", **changes: Any) -> Profile:
    profile = Profile(name, settings_of(peer, client_id=name, **changes))
    bound[name] = profile
    providers.bind(bound)
    return profile


class Web:
    """A browser at the provider: follows its redirects, keeps its cookies, stops at our door."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.visited: list[str] = []

    def follow(self, url: str, form: dict[str, str] | None = None) -> str:
        """The address of ours that the provider sends the browser to, or the page where it stays."""
        for _hop in range(12):
            if url.startswith(SITE.base_url):
                return url
            self.visited.append(url)
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            method, body = ("POST", urlencode(form).encode()) if form is not None else ("GET", b"")
            if form is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            answer = urllib3.request(method, url, headers=headers, body=body, redirect=False)
            form = None
            for cookie in answer.headers.getlist("Set-Cookie"):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            if "Location" not in answer.headers:
                self.page = answer.data.decode()
                return url
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError("the provider goes round in circles")


def answer_of(url: str) -> dict[str, str]:
    """The query that comes back to us."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def go(db: Database, name: str = "test", web: Web | None = None, **options: Any) -> tuple[dict[str, str], Begun]:
    """Begin a round and let the provider answer."""
    url, begun = flow.start(db, name, SITE, **options)
    return answer_of((web or Web()).follow(url)), begun


def whole(db: Database, name: str = "test", **options: Any) -> Done:
    """A whole round."""
    answer, begun = go(db, name, **options)
    return flow.finish(db, name, SITE, answer, begun.browser, VISIT, who=options.get("who"))
