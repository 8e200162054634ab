"""A CSC service behind the signing port: confirmed by PIN, one-time code, or both, typed on our page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from core.sdk.signing import (
    Config,
    Credential,
    Field,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
    check_order,
    kept,
    refuse,
    remembered,
    was_begun,
    where,
)
from core.sdk.text import Message, _
from core.sdk.wire import is_web_address

from . import signing
from .calls import Service
from .credentials import Known, find, find_all

_VERSIONS = (("v1", _("Version 1 (1.0.4)")), ("v2", _("Version 2 (2.0)")))
_AUTHS = (("oauth2", _("OAuth 2.0 (client credentials)")), ("basic", _("User name and password (auth/login)")))


class CscProvider:
    """One account with a service."""

    name: str = "csc"
    label: Message = _("Remote signing (CSC)")
    fields: tuple[Field, ...] = (
        Field("api_url", _("Address of the interface"), help=_("With the version: https://…/csc/v1")),
        Field("version", _("Version of the interface"), default="v1", choices=_VERSIONS),
        Field("auth", _("How this program signs in"), default="oauth2", choices=_AUTHS),
        Field("token_url", _("Address of the token service"), required=False),
        Field("client_id", _("Client id or user name")),
        Field("client_secret", _("Client secret or password"), secret=True),
        Field("batch", _("Digests in one signing call"), required=False, default="100"),
    )
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "code"

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        for name in ("api_url", "token_url"):
            if (name == "api_url" or config.get(name)) and not is_web_address(config.get(name, "")):
                problems[name] = _("This is not a web address.")
        for name, choices in (("version", _VERSIONS), ("auth", _AUTHS)):
            if config.get(name) and config[name] not in dict(choices):
                problems[name] = _("Please choose one of the entries.")
        for name in ("client_id", "client_secret"):
            if not config.get(name, "").strip():
                problems[name] = _("This is missing.")
        if (text := config.get("batch", "")) and not (text.isascii() and text.isdigit() and 0 < int(text) <= 500):
            problems["batch"] = _("Please enter a number from 1 to 500.")
        return problems

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """credentials/list, and credentials/info for each."""
        by_name = config.get("auth", "oauth2") != "basic"
        found = find_all(Service(config, http), signer, by_name=by_name)
        return found if isinstance(found, NoAnswer) else tuple(one.credential for one in found)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """credentials/info; a one-time code that has to be sent is sent. Digests leave when the signer confirms."""
        if was_begun(order):
            return self.poll(order, config, http, now)
        service = Service(config, http)
        known = find(service, order.credential)
        if isinstance(known, NoAnswer):
            return known
        check_order(order, known.credential if known is not None else None)
        if known is None or not known.usable:
            return refuse(order, "credential_disabled")
        if known.sends_code:
            path = "credentials/getChallenge" if service.second else "credentials/sendOTP"
            sent = service.tell(path, {"credentialID": order.credential})
            if isinstance(sent, NoAnswer):
                return sent
        return Signing(SigningState.PREPARED, prompt=",".join(known.asks), remember=remembered(order, _facts(known)))

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """credentials/authorize once, signatures/signHash as often as needed."""
        known = self.poll(order, config, http, now)
        if isinstance(known, NoAnswer) or known.state is not SigningState.PREPARED:
            return known
        ready = replace(order, provider_data=known.remember)
        return signing.confirm(ready, answer, config, Service(config, http), now)

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """What the order remembers; signatures that a confirmed order still misses are fetched."""
        if not was_begun(order):
            return self.begin(order, config, http, now)
        data = order.provider_data
        if "sad" in data and "refused" not in data and len(kept(order)) < len(order.digests):
            return signing.go_on(order, config, Service(config, http), now)
        return where(order, now, data.get("asks", ""))


def _facts(known: Known) -> dict[str, str]:
    return {
        "certificate": base64.b64encode(known.credential.chain[0]).decode(),
        "algorithm": known.sign_algorithm,
        "asks": ",".join(known.asks),
    }
