"""Father, mother and guardian of one row."""

from __future__ import annotations

from collections.abc import Callable

from core.sdk.imports import Cell, Finding, is_error, text_of

from .dates import parent_year
from .memo import Memo, say
from .names import NOTHING, parse_name
from .phones import parse_phones
from .record import Guardian, Parent

_NAME = {who: f"{who}_hovaten" for who in ("cha", "me", "nguoigiamho")}
_YEAR = {who: f"{who}_namsinh" for who in ("cha", "me", "nguoigiamho")}
_PHONE = {who: f"{who}_sdt" for who in ("cha", "me", "nguoigiamho")}


class FamilyParser:
    """Reads the columns of the family of one table."""

    def __init__(self, fields: dict[str, int], *, is_text_file: bool) -> None:
        self._at = fields.get
        self._year = Memo(lambda cell: parent_year(cell, is_text_file=is_text_file))

    def parent(self, cells: list[Cell], who: str, notes: list[str], add: Callable[[Finding], None]) -> Parent | None:
        at = self._at
        column = at(_NAME[who])
        cell = cells[column] if column is not None else ""
        name = parse_name(cell if isinstance(cell, str) else text_of(cell), parent=True) if cell else NOTHING
        if is_error(cell):
            name = NOTHING
        if name.notes:
            notes.extend(name.notes)
        if name.error:
            add(Finding(name.error, who, text_of(cell)))
        column = at(_YEAR[who])
        year, code = self._year[cells[column]] if column is not None else (None, None)
        if code and column is not None:
            say(code, who, cells[column], notes, add)
        phones = self._phones(cells, who, notes, add)
        if name.text is None and year is None and not phones:
            return None
        return Parent(name.text, year, phones, True) if name.dead else Parent(name.text, year, phones)

    def guardian(self, cells: list[Cell], notes: list[str], add: Callable[[Finding], None]) -> Guardian | None:
        column = self._at("nguoigiamho_hovaten")
        cell = cells[column] if column is not None else ""
        phones = self._phones(cells, "nguoigiamho", notes, add)
        if not cell or is_error(cell):
            return Guardian(None, phones) if phones else None
        name = parse_name(cell if isinstance(cell, str) else text_of(cell), parent=True)
        if name.error:
            add(Finding(name.error, "nguoigiamho", text_of(cell)))
        notes.extend(name.notes)
        return Guardian(name.text, phones) if name.text or phones else None

    def _phones(self, cells: list[Cell], who: str, notes: list[str], add: Callable[[Finding], None]) -> list[str]:
        column = self._at(_PHONE[who])
        if column is None:
            return []
        phones, code = parse_phones(cells[column])
        if code:
            say(code, who, cells[column], notes, add)
        return phones
