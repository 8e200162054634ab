"""VietQR: transfers to the school's own account by a QR code that every banking app reads."""

from __future__ import annotations

from core.sdk import Manifest, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import VietqrProvider

manifest = Manifest(
    name="vietqr",
    version="0.1.0",
    label=_("VietQR"),
    description=_("QR codes for transfers to the school's own account, without any surcharge."),
    requires_api=">=0.1,<1",
    scope="instance",
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [VietqrProvider()]
