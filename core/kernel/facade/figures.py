"""Numbers, tables, code lists and personal data."""

from __future__ import annotations

from collections.abc import Mapping

from core.types.contributions import (
    CodeList,
    Exporter,
    Importer,
    Indicator,
    PersonalData,
    PersonReference,
    Purpose,
    Report,
    SchoolsReport,
)

from .base import FacadeBase, Modules, Owned


class FigureFacade(FacadeBase):
    """What plugins tell about their data."""

    def indicators(self, modules: Modules = None) -> tuple[Owned[Indicator], ...]:
        """In their order."""
        return self._ordered("provide_indicators", modules)

    def reports(self, modules: Modules = None) -> Mapping[str, Report]:
        """By name, in the order of plugins."""
        return self._by("provide_reports", "name", modules)

    def schools_reports(self) -> tuple[Owned[SchoolsReport], ...]:
        """In the order of plugins, with the module whose schools they are about."""
        return self.owned("provide_schools_reports", None)

    def importers(self, modules: Modules = None) -> tuple[Importer, ...]:
        return self._items("provide_importers", modules)

    def exporters(self, modules: Modules = None) -> tuple[Exporter, ...]:
        return self._items("provide_exporters", modules)

    def code_lists(self, modules: Modules = None) -> Mapping[str, CodeList]:
        """By name, in the order of plugins."""
        return self._by("provide_code_lists", "name", modules)

    def personal_data(self) -> tuple[Owned[PersonalData], ...]:
        """In their order; also of modules that are off: what is held is held."""
        return self._ordered("provide_personal_data", None)

    def purposes(self, modules: Modules = None) -> tuple[Owned[Purpose], ...]:
        """In the order of plugins; the core's own are in `core.disclosure.purposes`."""
        return self.owned("provide_purposes", modules)

    def person_references(self) -> tuple[PersonReference, ...]:
        """Also of modules that are off: what is held is held."""
        return self._items("provide_person_references", None)
