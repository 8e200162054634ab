"""A token agent behind the signing port: digests go to the browser by the prompt, its answer comes by the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from cryptography import x509

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
    refuse,
    was_begun,
    where,
)
from core.sdk.text import Message, _

from . import certificates, prompts


class AgentProvider:
    """The tokens of one school's people; nothing of them is at the server but their certificates."""

    name: str = "agent"
    label: Message = _("Token in the signer's computer")
    fields: tuple[Field, ...] = (
        Field(
            "certificates",
            _("Certificates of the tokens (PEM)"),
            help=_("Of each signer, and of their issuers, one after the other. They are no secrets."),
        ),
        Field("agent_url", _("Address of the signing program"), default=prompts.AGENT_URL),
    )
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "agent"

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        try:
            if not certificates.read(config.get("certificates", "")):
                problems["certificates"] = _("None of these certificates can sign.")
        except ValueError:
            problems["certificates"] = _("These are no certificates in PEM.")
        if config.get("agent_url") and not prompts.is_agent(config["agent_url"]):
            problems["agent_url"] = _("The signing program has to be at 127.0.0.1, with its port.")
        return problems

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """The pasted certificates that carry the signer's number; all of them without one."""
        try:
            return certificates.of_signer(certificates.read(config.get("certificates", "")), signer)
        except ValueError:
            return NoAnswer("the certificates cannot be read")

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Nothing leaves the server but by the signer's own page."""
        found = self._credential(order, config)
        check_order(order, found)
        was_begun(order)
        known = self._where(order, config, now)
        own = x509.load_der_x509_certificate(found.chain[0]) if found is not None else None
        valid = own is not None and own.not_valid_before_utc <= now <= own.not_valid_after_utc
        return refuse(order, "certificate_not_valid") if known.state is SigningState.PREPARED and not valid else known

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """Take what the agent signed. What is missing (token pulled out, PIN cancelled) may be tried again."""
        known = self.begin(order, config, http, now)
        found, given = self._credential(order, config), prompts.read_answer(answer)
        if isinstance(known, NoAnswer) or known.state is not SigningState.PREPARED or found is None or given is None:
            return known
        order = replace(order, provider_data=known.remember)
        if any(prompts.decoded(text) != found.chain[0] for text in given.certificates.values()):
            return refuse(order, "other_certificate")
        arrived = {name: prompts.decoded(text) for name, text in given.signatures.items()}
        seen = arrive(order, found.chain[0], arrived)
        if seen.state is SigningState.AUTHORISED:
            return self._where(replace(order, provider_data=seen.remember), config, now)
        return seen

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """By what the order remembers."""
        return self._where(order, config, now)

    def _credential(self, order: SigningOrder, config: Config) -> Credential | None:
        try:
            found = certificates.read(config.get("certificates", ""))
        except ValueError:
            return None
        return next((one for one in found if one.id == order.credential), None)

    def _where(self, order: SigningOrder, config: Config, now: datetime) -> Signing:
        return where(order, now, prompts.prompt(order, config.get("agent_url") or prompts.AGENT_URL))
