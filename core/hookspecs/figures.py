"""`provide_` hooks of numbers, tables, code lists and personal data."""

from __future__ import annotations

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

from .markers import hookspec


class FigureSpecs:
    """What a plugin tells about its data."""

    @hookspec
    def provide_indicators(self) -> list[Indicator]:
        """Numbers about the school, each with its definition and source; shown on the page of figures."""
        raise AssertionError("specification only")

    @hookspec
    def provide_reports(self) -> list[Report]:
        """Tables to read and to take away as a workbook or as text."""
        raise AssertionError("specification only")

    @hookspec
    def provide_schools_reports(self) -> list[SchoolsReport]:
        """Tables over many schools, without persons, for the authorities above them."""
        raise AssertionError("specification only")

    @hookspec
    def provide_importers(self) -> list[Importer]:
        """Ways to bring data in, listed on one page."""
        raise AssertionError("specification only")

    @hookspec
    def provide_exporters(self) -> list[Exporter]:
        """Ways to take data out, listed on one page."""
        raise AssertionError("specification only")

    @hookspec
    def provide_code_lists(self) -> list[CodeList]:
        """Lists of codes with all versions that the acts gave them."""
        raise AssertionError("specification only")

    @hookspec
    def provide_personal_data(self) -> list[PersonalData]:
        """What is held on a person: to show it to them, and to erase what no duty keeps."""
        raise AssertionError("specification only")

    @hookspec
    def provide_purposes(self) -> list[Purpose]:
        """What sensitive data may be read for, beyond the purposes of the core."""
        raise AssertionError("specification only")

    @hookspec
    def provide_person_references(self) -> list[PersonReference]:
        """Columns that name persons: what a merge of two records of one person does with their rows."""
        raise AssertionError("specification only")
