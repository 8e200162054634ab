"""A token at the server behind the signing port. The signer's confirmation is the token's own PIN, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    algorithm_of,
    arrive,
    check_order,
    kept,
    miss,
    refuse,
    was_begun,
    where,
)
from core.sdk.text import Message, _

from .token import LockedPinError, NotThereError, Place, WrongPinError, module_allowed, read_chain, sign

MOST = 200
"""Digests of one confirmation."""


class Pkcs11Provider:
    """One key on one token."""

    name: str = "pkcs11"
    label: Message = _("Token at the server (PKCS#11)")
    fields: tuple[Field, ...] = (
        Field("module", _("PKCS#11 module"), help=_("The path at the server, below /usr/lib, /usr/local/lib or /opt.")),
        Field("token", _("Name of the token (label)")),
        Field("label", _("Name of key and certificate (label)")),
    )
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "code"

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name. The token itself need not be in."""
        problems = {f.name: _("This is missing.") for f in self.fields if not config.get(f.name, "").strip()}
        if "module" not in problems and not module_allowed(config["module"]):
            problems["module"] = _("There is no module at this place, or it is not a place for modules.")
        return problems

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """The certificate of the label, whoever asks; read without the PIN."""
        try:
            chain = read_chain(_place(config))
        except (NotThereError, ValueError) as error:
            return NoAnswer(str(error))
        algorithm = algorithm_of(chain[0])
        if algorithm is None:
            return ()
        own = x509.load_der_x509_certificate(chain[0])
        names = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        label = str(names[0].value) if names else config["label"]
        return (Credential(f"{own.serial_number:x}", label, chain, algorithm, MOST),)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Look whether the token is there; it is given nothing yet."""
        found = self.credentials(order.signer, config, http)
        if isinstance(found, NoAnswer):
            return found
        check_order(order, next((one for one in found if one.id == order.credential), None))
        was_begun(order)
        known, own = where(order, now), x509.load_der_x509_certificate(found[0].chain[0])
        if known.state is SigningState.PREPARED and not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
            return refuse(order, "certificate_not_valid")
        return known

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """Sign what is missing by one login. A token pulled out meanwhile: the rest waits for the PIN again."""
        known = self.begin(order, config, http, now)
        if isinstance(known, NoAnswer) or known.state is not SigningState.PREPARED:
            return known
        order = replace(order, provider_data=known.remember)
        there = kept(order)
        try:
            chain = read_chain(_place(config))
            left = [digest for digest in order.digests if digest.document_id not in there]
            signed = sign(_place(config), answer, left)
        except WrongPinError:
            return miss(order)
        except LockedPinError:
            return refuse(order, "pin_locked")
        except NotThereError as error:
            return NoAnswer(str(error))
        seen = arrive(order, chain[0], signed.signatures)
        if seen.state is SigningState.AUTHORISED:
            return where(replace(order, provider_data=seen.remember), now)
        return seen

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """By what the order remembers."""
        return where(order, now)


def _place(config: Config) -> Place:
    return Place(config.get("module", ""), config.get("token", ""), config.get("label", ""))
