"""Providers of all kinds, by name. Named after their plugin, so names cannot meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.types.contributions import AbsenceSource, StatementReader

from .base import FacadeBase, Modules, Owned

if TYPE_CHECKING:
    from core.einvoices.port import EInvoiceProvider
    from core.files.stores import FileStoreKind
    from core.identity.oidc.port import IdentityProvider
    from core.notify.port import NotificationChannel
    from core.payments.port import PaymentProvider
    from core.portal.port import PortalService
    from core.signing.port import SigningProvider


class ProviderFacade(FacadeBase):
    """What connects the program with others."""

    def payment_providers(self) -> Mapping[str, PaymentProvider]:
        return self._by("provide_payment_providers", "name")

    def statement_readers(self) -> tuple[StatementReader, ...]:
        return self._items("provide_statement_readers", None)

    def absence_sources(self, modules: Modules = None) -> tuple[AbsenceSource, ...]:
        """Modules of the school that know who was away."""
        return self._items("provide_absence_sources", modules)

    def signing_providers(self) -> Mapping[str, SigningProvider]:
        return self._by("provide_signing_providers", "name")

    def identity_providers(self) -> Mapping[str, IdentityProvider]:
        return self._by("provide_identity_providers", "name")

    def portal_services(self, modules: Modules = None) -> tuple[Owned[PortalService], ...]:
        """Services of the modules that are on: the school offers no other."""
        return self.owned("provide_portal_services", modules)

    def notification_channels(self) -> Mapping[str, NotificationChannel]:
        return self._by("provide_notification_channels", "name")

    def einvoice_providers(self) -> Mapping[str, EInvoiceProvider]:
        return self._by("provide_einvoice_providers", "name")

    def file_stores(self) -> Mapping[str, FileStoreKind]:
        return self._by("provide_file_stores", "name")
