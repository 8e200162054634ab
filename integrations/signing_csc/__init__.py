"""Remote signing by the Cloud Signature Consortium's interface, versions 1 and 2."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.signing import SigningProvider

from .adapter import CscProvider

manifest = Manifest(
    name="signing_csc",
    version="0.1.0",
    label=_("Remote signing (CSC)"),
    description=_("Signs with keys at a service that speaks the interface of the Cloud Signature Consortium."),
    requires_api=">=0.1,<1",
    scope="instance",
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_signing_providers(self) -> list[SigningProvider]:
        return [CscProvider()]
