"""Signing with a token in the signer's own computer, by an agent there that the browser speaks to (VGCA style)."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.signing import SigningProvider

from .adapter import AgentProvider

manifest = Manifest(
    name="signing_agent",
    version="0.1.0",
    label=_("Token in the signer's computer"),
    description=_("Signs with a USB token by the signing program of the signer's computer."),
    requires_api=">=0.1,<1",
    scope="instance",
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_signing_providers(self) -> list[SigningProvider]:
        return [AgentProvider()]
