"""Lists of pupils out of the house, and refused rows back to who sent them."""

from .lists import export_csv, export_headers, export_ids, export_rows, export_workbook
from .media import CSV, XLSX
from .refused import refused_rows

__all__ = [
    "CSV",
    "XLSX",
    "export_csv",
    "export_headers",
    "export_ids",
    "export_rows",
    "export_workbook",
    "refused_rows",
]
