"""A signing service on the other side of a network, its adapter, and the phone that confirms."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from core.sdk import Message, _
from core.sdk.signing import (
    Algorithm,
    Config,
    Credential,
    Field,
    HttpAnswer,
    HttpClient,
    HttpFailure,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
)

from .certificates import chain_for, rsa_key
from .keys import check_order, sign_digest

MOST = 35


class Service:
    """What the service knows. `answer` is its network side."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}

    def answer(self, body: bytes) -> HttpAnswer:
        asked = json.loads(body)
        reply = getattr(self, f"_{asked['op']}")(asked)
        return HttpAnswer(200 if reply else 404, {}, json.dumps(reply).encode())

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        chain = [base64.b64encode(der).decode() for der in chain_for(rsa_key())]
        return {"credentials": [{"id": "c-1", "chain": chain, "most": MOST}]}

    def _begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.setdefault(
            asked["id"], {"state": "prepared", "hashes": asked["hashes"], "until": asked["until"]}
        )
        return {"conflict": True} if order["hashes"] != asked["hashes"] else self._status(asked)

    def _status(self, asked: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.get(asked["id"])
        if order is None:
            return {}
        if order["state"] == "prepared" and asked["now"] > order["until"]:
            order["state"] = "expired"
        return {"state": order["state"], "signatures": order.get("signatures", {})}


class Phone:
    """The signer's phone."""

    id = "001099000001"

    def __init__(self, service: Service) -> None:
        self._service, self.confirmations = service, 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        known = self._service.orders[str(order.id)]
        if known["state"] == "prepared":
            self.confirmations += 1
            signed = {n: sign_digest(rsa_key(), base64.b64decode(h)) for n, h in known["hashes"].items()}
            known["signatures"] = {name: base64.b64encode(s).decode() for name, s in signed.items()}
            known["state"] = "signed"
        return ""

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        self._service.orders[str(order.id)]["state"] = "refused"
        return ""


class RemoteSigner:
    """The adapter: states and signatures are the service's."""

    name = "remote"
    label: Message = _("Cancel")
    fields: tuple[Field, ...] = (Field("client_id", _("Cancel")), Field("client_secret", _("Cancel"), secret=True))
    outbound_hosts: tuple[str, ...] = ("sign.example",)
    confirms: Literal["code", "elsewhere", "agent"] = "elsewhere"

    def check(self, config: Config) -> Mapping[str, Message]:
        return {field.name: _("Please fill this in.") for field in self.fields if not config.get(field.name)}

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        reply = self._ask(http, {"op": "list", "signer": signer})
        try:
            return tuple(
                Credential(
                    found["id"],
                    signer,
                    tuple(base64.b64decode(der) for der in found["chain"]),
                    Algorithm.RSA_SHA256,
                    found["most"],
                )
                for found in reply["credentials"]
            )
        except (KeyError, TypeError, ValueError):
            return NoAnswer("unreadable")

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        check_order(order, {"c-1"}, MOST)
        hashes = {d.document_id: base64.b64encode(d.digest).decode() for d in order.digests}
        asked = {"op": "begin", "id": str(order.id), "hashes": hashes, "until": order.expires_at.isoformat()}
        reply = self._ask(http, {**asked, "now": now.isoformat()})
        if reply.get("conflict"):
            raise ValueError("begun with other digests")
        return self._read(reply, order.id)

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        raise ValueError("confirmed on the phone")

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        return self._read(self._ask(http, {"op": "status", "id": str(order.id), "now": now.isoformat()}), order.id)

    def _read(self, reply: Mapping[str, Any], order: UUID) -> Signing | NoAnswer:
        try:
            signatures = {name: base64.b64decode(value) for name, value in reply["signatures"].items()}
            return Signing(SigningState(reply["state"]), signatures, remember={"order": str(order)})
        except (AttributeError, KeyError, TypeError, ValueError):
            return NoAnswer("unreadable")

    def _ask(self, http: HttpClient, asked: Mapping[str, object]) -> Mapping[str, Any]:
        try:
            answer = http.request("POST", "https://sign.example/v1", body=json.dumps(asked).encode())
            reply = json.loads(answer.body)
        except (HttpFailure, ValueError):
            return {}
        return reply if answer.status == 200 and isinstance(reply, dict) else {}


CONFIG = {"client_id": "school-1", "client_secret": "only-for-tests-7f3a"}
