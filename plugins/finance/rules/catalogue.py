"""A province's list of what its schools may collect: lines with their maxima, as a worksheet gives them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.sdk import fold
from core.sdk.imports import AmountUnreadable, Cell, Sheet, find_header, read_amount, text_of
from core.sdk.imports import Row as SheetRow

from .law import UNITS, Unit

_WORDS: dict[str, tuple[str, ...]] = {
    "province": ("ma tinh", "tinh", "province"),
    "code": ("ma khoan thu", "ma", "code"),
    "label": ("khoan thu", "ten khoan thu", "noi dung", "label"),
    "kind": ("loai", "kind"),
    "unit": ("don vi tinh", "don vi", "dvt", "unit"),
    "level": ("cap hoc", "level"),
    "group": ("nhom", "khu vuc", "vung", "group"),
    "maximum": ("muc toi da", "muc thu toi da", "toi da", "maximum"),
    "valid_from": ("tu ngay", "hieu luc tu", "valid from"),
    "valid_to": ("den ngay", "hieu luc den", "valid to"),
    "legal_basis": ("can cu", "can cu phap ly", "van ban", "legal basis"),
}
_NEEDED = frozenset({"code", "label", "maximum", "valid_from", "legal_basis"})
_KINDS = {
    "dich vu": "service",
    "tien an": "meal",
    "bao hiem": "insurance",
    "thu ho": "passthrough",
    "hoc phi": "tuition",
}
_UNITS: dict[str, Unit] = {
    "ngay": "day", "suat": "day", "hoc sinh/ngay": "day", "thang": "month", "hoc sinh/thang": "month", "hoc ky": "term",
    "nam": "year", "nam hoc": "year", "hoc sinh/nam": "year", "lan": "once",
}  # fmt: skip
_LEVELS = {
    "mam non": "preschool", "tieu hoc": "primary", "thcs": "lower_secondary", "trung hoc co so": "lower_secondary",
    "thpt": "upper_secondary", "trung hoc pho thong": "upper_secondary",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A line of the list. `fault` names the column that cannot be read; nothing is guessed."""

    number: int
    province: str
    code: str
    label: str
    kind: str
    unit: str
    level: str
    """Empty: every level."""
    group: str
    """Area or group of schools as the list calls it; empty: all."""
    maximum: int
    valid_from: date | None
    valid_to: date | None
    legal_basis: str
    fault: str = ""


def _field(texts: tuple[str, ...]) -> str | None:
    last = fold(texts[-1]).rstrip(" .:*()") if texts else ""
    return next((name for name, words in _WORDS.items() if last in words), None)


def read_rows(sheet: Sheet) -> list[CatalogueRow] | None:
    """The rows of a sheet; None when it holds no such list."""
    rows = list(sheet.rows())
    header = find_header(rows, sheet.merges, sheet.hidden_columns, _field, _NEEDED.issubset)
    return None if header is None else list(_read(rows, header.fields(), header.rows[-1]))


def _read(rows: Sequence[SheetRow], fields: dict[str, int], below: int) -> Iterator[CatalogueRow]:
    for row in rows:
        cell = {name: row.cells[at] if at < len(row.cells) else None for name, at in fields.items()}
        if row.number > below and text_of(cell.get("code")):
            yield _one(row.number, cell)


def _one(number: int, cell: dict[str, Cell]) -> CatalogueRow:
    texts = {name: text_of(cell.get(name)).strip() for name in ("province", "code", "label", "group", "legal_basis")}
    fault = next((name for name in ("label", "legal_basis") if not texts[name]), "")
    try:
        maximum = read_amount(cell.get("maximum"))
    except AmountUnreadable:
        maximum = None
    words = {name: fold(text_of(cell.get(name))) for name in ("kind", "unit", "level")}
    kind = _KINDS.get(words["kind"], words["kind"]) or "service"
    unit = _UNITS.get(words["unit"], words["unit"]) or "month"
    level = _LEVELS.get(words["level"], words["level"])
    begins, ends = _day(cell.get("valid_from")), _day(cell.get("valid_to"))
    checks = {
        "maximum": maximum is not None and maximum >= 0,
        "kind": kind in {*_KINDS.values()},
        "unit": unit in UNITS,
        "level": not level or level in _LEVELS.values(),
        "valid_from": begins is not None,
        "valid_to": (ends is None) == (not text_of(cell.get("valid_to"))) and not (begins and ends and ends < begins),
    }
    fault = fault or next((name for name, right in checks.items() if not right), "")
    code = fold(texts["code"]).replace(" ", "_").replace("-", "_")
    province = texts["province"].removesuffix(".0").zfill(2) if texts["province"] else ""
    return CatalogueRow(
        number, province, code, texts["label"], kind, unit, level, texts["group"], maximum or 0, begins, ends,
        texts["legal_basis"], fault,
    )  # fmt: skip


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text_of(cell).strip(), form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def chosen(rows: Sequence[CatalogueRow], province: str, level: str, group: str) -> list[CatalogueRow]:
    """Lines that hold for a school; a line for its own group comes before one for all."""
    fitting = [
        row for row in rows if row.province in ("", province) and row.level in ("", level) and row.group in ("", group)
    ]
    best: dict[tuple[str, date | None], CatalogueRow] = {}
    for row in fitting:
        known = best.get((row.code, row.valid_from))
        if known is None or (bool(row.group), bool(row.level)) > (bool(known.group), bool(known.level)):
            best[(row.code, row.valid_from)] = row
    return sorted(best.values(), key=lambda row: row.number)
