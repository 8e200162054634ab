"""The way to providers: the one HTTP client, their own hosts only, HTTPS, and what they publish kept for a while."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from core.data.http import OutboundClient
from core.types.http import HttpAnswer, HttpClient, HttpFailure

from .port import IdentityProvider, ProviderProfile
from .refusal import OidcRefused

_TIMEOUT = 8.0
_KEEP = 3600.0
"""Seconds that metadata and keys are kept; an unknown key asks again sooner."""
_AGAIN = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Site:
    """This installation, as providers see it."""

    base_url: str
    loopback: bool = False
    """Providers on this machine over plain HTTP: development and tests only."""

    def back(self, provider: str) -> str:
        """The return address; one for each provider, so that answers cannot be mixed up."""
        return f"{self.base_url.rstrip('/')}/sign-in/with/{provider}/back"

    @property
    def out(self) -> str:
        """Where a provider sends the browser after signing out there."""
        return f"{self.base_url.rstrip('/')}/sign-in/out"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider listens."""

    authorization: str
    token: str
    jwks: str
    userinfo: str = ""
    end_session: str = ""
    sends_iss: bool = False
    """It promises `iss` in its answers (RFC 9207): one without is refused."""


class Outside:
    """One provider as this process reaches it."""

    def __init__(
        self, provider: IdentityProvider, profile: ProviderProfile, site: Site, name: str, school: UUID | None = None
    ) -> None:
        """Ask nobody yet.

        Args:
            name: as in addresses, with the code of the school whose own it is.
            school: that school.
        """
        self.profile, self.site, self.name, self.school = profile, site, name, school
        # What a discovery document names is no reason to call it: hosts are declared or entered.
        self._hosts = frozenset(provider.outbound_hosts) | frozenset(profile.hosts) | _entered(profile)
        self.check(profile.issuer)

    def check(self, url: str) -> str:
        """The address itself, if it may be called or shown.

        Raises:
            OidcRefused: for anything but HTTPS (or loopback in development).
        """
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (self.site.loopback and parts.hostname in _LOOPBACK)
        if not safe or not parts.hostname or parts.scheme not in ("https", "http"):
            raise OidcRefused("set_up:address")
        return url

    def metadata(self) -> Metadata:
        """Discovered or from the settings.

        Raises:
            OidcRefused: when the document is another issuer's, lacks something, or rules PKCE S256 out.
        """
        fixed = self.profile.endpoints
        if fixed is not None:
            found = Metadata(fixed.authorization, fixed.token, fixed.jwks, fixed.userinfo, fixed.end_session)
        else:
            found = self._discovered()
        for url in (found.authorization, found.token, found.jwks, found.userinfo, found.end_session):
            if url:
                self.check(url)
        return found

    def keys(self, *, fresh: bool = False) -> dict[str, Any]:
        """The provider's public keys; `fresh` after a key that is not among them."""
        url = self.metadata().jwks
        return _kept(url, lambda: self._json("GET", url), _AGAIN if fresh else _KEEP)

    def ask(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> HttpAnswer:
        """One call.

        Raises:
            OidcRefused: when there is no answer.
        """
        try:
            return _client(self._hosts).request(method, self.check(url), headers=headers, body=body, timeout=_TIMEOUT)
        except HttpFailure as failure:
            raise OidcRefused("no_answer") from failure

    def _json(self, method: str, url: str) -> dict[str, Any]:
        answer = self.ask(method, url, headers={"Accept": "application/json"})
        return json_object(answer)

    def _discovered(self) -> Metadata:
        issuer = self.profile.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        document = _kept(url, lambda: self._json("GET", url), _KEEP)
        if document.get("issuer") != issuer:
            raise OidcRefused("set_up:issuer")
        methods = document.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise OidcRefused("set_up:pkce")

        def place(name: str, needed: bool = False) -> str:
            value = document.get(name, "")
            if not isinstance(value, str) or (needed and not value):
                raise OidcRefused(f"set_up:{name}")
            return value

        return Metadata(
            authorization=place("authorization_endpoint", True),
            token=place("token_endpoint", True),
            jwks=place("jwks_uri", True),
            userinfo=place("userinfo_endpoint"),
            end_session=place("end_session_endpoint"),
            sends_iss=document.get("authorization_response_iss_parameter_supported") is True,
        )


def json_object(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON object of a good answer.

    Raises:
        OidcRefused: for any other answer.
    """
    try:
        found = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OidcRefused(f"answer:{answer.status}")
    return found


def _entered(profile: ProviderProfile) -> frozenset[str]:
    places = [profile.issuer]
    if profile.endpoints:
        fixed = profile.endpoints
        places += [fixed.authorization, fixed.token, fixed.jwks, fixed.userinfo, fixed.end_session]
    return frozenset(host for place in places if (host := urlsplit(place).hostname))


@lru_cache(maxsize=32)
def _client(hosts: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts)


_documents: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


def _kept(url: str, fetch: Any, age: float) -> dict[str, Any]:
    """A published document, at most `age` seconds old."""
    now = time.monotonic()
    with _lock:
        kept = _documents.get(url)
    if kept is not None and now - kept[0] < age:
        return kept[1]
    fresh: dict[str, Any] = fetch()
    with _lock:
        _documents[url] = (now, fresh)
    return fresh


def forget() -> None:
    """Drop what is kept of providers, after their settings were changed; tests too."""
    with _lock:
        _documents.clear()
