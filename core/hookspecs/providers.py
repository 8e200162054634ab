"""`provide_` hooks of providers: each kind has a port in the core and a contract suite in `core.sdk.testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types.contributions import AbsenceSource, StatementReader

from .markers import hookspec

if TYPE_CHECKING:
    from core.einvoices.port import EInvoiceProvider
    from core.files.stores import FileStoreKind
    from core.identity.oidc.port import IdentityProvider
    from core.notify.port import NotificationChannel
    from core.payments.port import PaymentProvider
    from core.portal.port import PortalService
    from core.signing.port import SigningProvider


class ProviderSpecs:
    """What connects the program with others."""

    @hookspec
    def provide_payment_providers(self) -> list[PaymentProvider]:
        """Rails by which money can come in."""
        raise AssertionError("specification only")

    @hookspec
    def provide_statement_readers(self) -> list[StatementReader]:
        """Formats of bank statements that can be imported."""
        raise AssertionError("specification only")

    @hookspec
    def provide_absence_sources(self) -> list[AbsenceSource]:
        """Who was away and when the school knew, for modules that charge by the day."""
        raise AssertionError("specification only")

    @hookspec
    def provide_signing_providers(self) -> list[SigningProvider]:
        """Ways to sign: digests go out, one confirmation, signatures come back."""
        raise AssertionError("specification only")

    @hookspec
    def provide_identity_providers(self) -> list[IdentityProvider]:
        """Profiles of OpenID Connect providers that people may sign in with."""
        raise AssertionError("specification only")

    @hookspec
    def provide_portal_services(self) -> list[PortalService]:
        """Services that the school offers through the public-service portal."""
        raise AssertionError("specification only")

    @hookspec
    def provide_notification_channels(self) -> list[NotificationChannel]:
        """Ways by which messages leave the program for people's phones and mailboxes."""
        raise AssertionError("specification only")

    @hookspec
    def provide_einvoice_providers(self) -> list[EInvoiceProvider]:
        """Certified services that sign electronic invoices and pass them to the tax authority."""
        raise AssertionError("specification only")

    @hookspec
    def provide_file_stores(self) -> list[FileStoreKind]:
        """Places where documents may lie instead of the local folder."""
        raise AssertionError("specification only")
