"""VNPT SmartCA behind the signing port: placed here, confirmed in the app, asked for until it is there."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.sdk.signing import (
    Algorithm,
    Config,
    Credential,
    Field,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    algorithm_of,
    check_order,
    was_begun,
)
from core.sdk.text import Message, _
from core.sdk.wire import is_web_address

from . import codes, orders
from .calls import API_URL, content, post
from .messages import Certificates, UserCertificate

MOST = 100
"""Digests of one order. VNPT's own limit is not known."""


class SmartCaProvider:
    """One account of a service partner (`sp_id`) at VNPT."""

    name: str = "smartca"
    label: Message = _("VNPT SmartCA (unofficial)")
    fields: tuple[Field, ...] = (
        Field("sp_id", _("Partner id (sp_id)")),
        Field("sp_password", _("Partner password (sp_password)"), secret=True),
        Field("api_url", _("Address of the interface"), default=API_URL),
        Field("most", _("Most digests of one order"), required=False, default=str(MOST)),
    )
    outbound_hosts: tuple[str, ...] = ("gwsca.vnpt.vn", "rmgateway.vnptit.vn")
    confirms: Literal["code", "elsewhere", "agent"] = "elsewhere"

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems = {
            name: _("This is missing.") for name in ("sp_id", "sp_password") if not config.get(name, "").strip()
        }
        if config.get("api_url") and not is_web_address(config["api_url"]):
            problems["api_url"] = _("This is not a web address.")
        if (text := config.get("most", "")) and not (text.isascii() and text.isdigit() and 0 < int(text) <= 500):
            problems["most"] = _("Please enter a number from 1 to 500.")
        return problems

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """credentials/get_certificate: all certificates of a user (their personal identity number)."""
        answer = post("credentials/get_certificate", {"user_id": signer}, config, http)
        if isinstance(answer, NoAnswer):
            return answer
        found = content(answer, Certificates)
        if isinstance(found, NoAnswer) or answer.status_code != codes.SUCCESS:
            return NoAnswer(f"no list of certificates: code {answer.status_code}")
        read = (_credential(one, _most(config)) for one in found.user_certificates)
        return tuple(one for one in read if one is not None)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Place the order; placed before, ask where it is."""
        if was_begun(order):
            return orders.ask(order, config, http, now)
        found = self.credentials(order.signer, config, http)
        if isinstance(found, NoAnswer):
            return found
        credential = next((one for one in found if one.id == order.credential), None)
        check_order(order, credential)
        assert credential is not None  # noqa: S101  (check_order has raised)
        return orders.place(order, credential.chain[0], config, http)

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """Confirmed in the app only."""
        raise ValueError("confirmed in the app of VNPT SmartCA")

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Ask where the order is. One whose placing was never answered is placed again under its id."""
        return self.begin(order, config, http, now)


def _most(config: Config) -> int:
    text = config.get("most", "")
    return int(text) if text.isascii() and text.isdigit() and int(text) else MOST


def _credential(found: UserCertificate, most: int) -> Credential | None:
    """A certificate that can sign; RSA only: how the service writes other signatures is not known."""
    try:
        texts = (found.cert_data, *(found.chain_data.get(name, "") for name in ("ca_cert", "root_cert")))
        chain = tuple(base64.b64decode(text, validate=True) for text in texts if text)
        subject = x509.load_der_x509_certificate(chain[0]).subject
    except (ValueError, IndexError):
        return None
    if algorithm_of(chain[0]) is not Algorithm.RSA_SHA256:
        return None
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    label = str(names[0].value) if names else found.serial_number
    return Credential(found.serial_number, label, chain, Algorithm.RSA_SHA256, most)
