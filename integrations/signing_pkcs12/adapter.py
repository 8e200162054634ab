"""A key file behind the signing port. The signer's confirmation is a code of the account, checked here."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.sdk.signing import (
    Config,
    Credential,
    Field,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
    arrive,
    check_order,
    miss,
    refuse,
    was_begun,
    where,
)
from core.sdk.text import Message, _

from .keystore import Keystore, UnusableError, open_keystore

MOST = 200
"""Digests of one confirmation: more lines than that nobody reads."""
SHORTEST_CODE = 6


class Pkcs12Provider:
    """One key of a school or a person."""

    name: str = "pkcs12"
    label: Message = _("Key file (PKCS#12)")
    fields: tuple[Field, ...] = (
        Field(
            "keystore",
            _("Key file in Base64"),
            secret=True,
            help=_("The content of the .p12 or .pfx file, written as Base64."),
        ),
        Field("password", _("Password of the key file"), secret=True, required=False),
        Field(
            "code",
            _("Code that the signer types"),
            secret=True,
            help=_("At least six characters; only the holder of the key may know it."),
        ),
    )
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "code"

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if len(config.get("code", "").strip()) < SHORTEST_CODE:
            problems["code"] = _("The code has at least %(count)s characters.", count=SHORTEST_CODE)
        if not config.get("keystore", "").strip():
            return {**problems, "keystore": _("The key file is missing.")}
        try:
            _open(config)
        except UnusableError as error:
            problems[error.field] = error.message
        return problems

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """The one certificate of the file, whoever asks: the account is its holder's."""
        try:
            keystore = _open(config)
        except UnusableError as error:
            return NoAnswer(str(error))
        return (_credential(keystore),)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Nothing is handed over: the order waits for the code."""
        found = self.credentials(order.signer, config, http)
        if isinstance(found, NoAnswer):
            return found
        check_order(order, next((one for one in found if one.id == order.credential), None))
        was_begun(order)
        return _ended(order, _open(config), now) or where(order, now)

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """Sign all digests, if the code is right."""
        known = self.begin(order, config, http, now)
        if isinstance(known, NoAnswer) or known.state is not SigningState.PREPARED:
            return known
        if not hmac.compare_digest(answer.strip().encode(), config["code"].strip().encode()):
            return miss(order)
        keystore = _open(config)
        signatures = {digest.document_id: keystore.sign(digest.digest) for digest in order.digests}
        return arrive(order, keystore.chain[0], signatures)

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """By what the order remembers."""
        return where(order, now)


def _open(config: Config) -> Keystore:
    return open_keystore(config.get("keystore", ""), config.get("password", ""))


def _credential(keystore: Keystore) -> Credential:
    names = keystore.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    label = str(names[0].value) if names else keystore.certificate.subject.rfc4514_string()
    return Credential(_id(keystore.certificate), label, keystore.chain, keystore.algorithm, MOST)


def _id(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def _ended(order: SigningOrder, keystore: Keystore, now: datetime) -> Signing | None:
    """Refused at once where the certificate is not valid today; signatures that are there stay."""
    own = keystore.certificate
    if own.not_valid_before_utc <= now <= own.not_valid_after_utc or where(order, now).state is SigningState.SIGNED:
        return None
    return refuse(order, "certificate_not_valid")
