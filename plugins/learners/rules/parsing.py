"""One data row: cells in, canonical values and findings out. The hot loop of an import; repeated cells are cached."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from core.sdk.imports import Cell, Finding, is_date, is_error, text_of

from .addresses import parse_address, parse_whole_address
from .countries import country_in_note, parse_country
from .dates import Birth, parse_birth, parse_parts
from .ethnic import parse_ethnic
from .family import FamilyParser
from .ids import PASSPORT, parse_code, parse_id, parse_insurance
from .memo import Memo, plain, say
from .names import NOTHING, Name, parse_name
from .policies import parse_disability, parse_policy
from .provinces import parse_province
from .record import LearnerValue, Paper
from .sexes import parse_sex, parse_sex_marks


class Parsed(msgspec.Struct, gc=False):
    """One row that was read. `class_cell` is the class as typed; whether it exists is settled at the end."""

    value: LearnerValue
    notes: list[str]
    findings: list[Finding]
    class_cell: str
    birth_year: int | None


class RowParser:
    """Reads the rows of one table whose columns are known.

    Args:
        fields: field to column of this table.
        is_text_file: the table is a CSV (there a date as text is normal).
    """

    def __init__(self, fields: dict[str, int], *, is_text_file: bool) -> None:
        self._at = fields.get
        self._fields = fields
        self._birth = Memo(lambda cell: parse_birth(cell, is_text_file=is_text_file))
        self._sex = Memo(parse_sex)
        self._ethnic = Memo(parse_ethnic)
        self._policy = Memo(parse_policy)
        self._disability = Memo(parse_disability)
        self._country = Memo(parse_country)
        self._province = Memo(lambda cell: parse_province(text_of(cell)))
        self._family = FamilyParser(fields, is_text_file=is_text_file)
        self._class = Memo(text_of)
        self._dated = [
            (name, column)
            for name, column in fields.items()
            if not is_text_file
            and name in ("hovaten", "hodem", "ten", "sodinhdanh", "mahocsinh", "lop", "noio", "noio_chitiet", "noio_xa")
        ]

    def parse(self, cells: list[Cell], merged: tuple[int, ...] = ()) -> Parsed:
        """Read one row.

        Args:
            cells: all cells of the row, at least as many as the highest column.
            merged: columns whose value came from a vertically merged cell.
        """
        value = LearnerValue()
        notes: list[str] = []
        findings: list[Finding] = []
        add = findings.append
        at = self._at

        spoiled = self._spoiled(cells, add) if self._dated else ()
        name = self._name(cells, spoiled)
        value.hovaten, value.phanbiet = name.text, name.suffix
        if name.notes:
            notes.extend(name.notes)
        if name.error:
            add(Finding(name.error, "hovaten", self._name_text(cells)))
        elif name.text is None and "hovaten" not in spoiled:
            add(Finding("E_NAME_MISSING", "hovaten"))

        birth = self._birth_of(cells)
        value.ngaysinh = birth.iso
        if birth.notes:
            notes.extend(birth.notes)
        for code in birth.codes:
            column = at("ngaysinh")
            add(Finding(code, "ngaysinh", text_of(cells[column]) if column is not None else "", birth.proposal))

        self._sex_of(cells, value, notes, add)
        self._codes_of(cells, value, notes, add, birth, spoiled)
        self._groups_of(cells, value, notes, add, merged)
        self._address_of(cells, value, notes, add, spoiled)
        value.cha = self._family.parent(cells, "cha", notes, add)
        value.me = self._family.parent(cells, "me", notes, add)
        value.nguoigiamho = self._family.guardian(cells, notes, add)

        column = at("lop")
        class_cell = "" if column is None or "lop" in spoiled else self._class[cells[column]]
        if column is not None and is_error(cells[column]):
            add(Finding("E_CELL_ERROR", "lop", class_cell))
        if len(notes) > 1:
            notes = list(dict.fromkeys(notes))
        return Parsed(value, notes, findings, class_cell, birth.year)

    def _spoiled(self, cells: list[Cell], add: Callable[[Finding], None]) -> tuple[str, ...]:
        """Fields whose value the spreadsheet turned into a date: never turned back, only proposed."""
        spoiled: tuple[str, ...] = ()
        for name, column in self._dated:
            cell = cells[column]
            if type(cell) is not str and is_date(cell):
                label = "hovaten" if name in ("hodem", "ten") else name.partition("_")[0]
                day, month = getattr(cell, "day", 0), getattr(cell, "month", 0)
                proposal = f"{day}/{month}" if day else ""
                add(Finding("E_CELL_DATE", label, text_of(cell), proposal))
                spoiled = (*spoiled, label)
        return spoiled

    def _name_text(self, cells: list[Cell]) -> str:
        whole = self._at("hovaten")
        if whole is not None:
            cell = cells[whole]
            return cell if isinstance(cell, str) else text_of(cell)
        parts = [cells[self._fields["hodem"]], cells[self._fields["ten"]]]
        texts = [cell if isinstance(cell, str) else text_of(cell) for cell in parts]
        return f"{texts[0]} {texts[1]}" if texts[0] and texts[1] else texts[0] or texts[1]

    def _name(self, cells: list[Cell], spoiled: tuple[str, ...]) -> Name:
        if "hovaten" in spoiled:
            return NOTHING
        text = self._name_text(cells)
        if is_error(text):
            return Name(None, error="E_CELL_ERROR")
        return parse_name(text)

    def _birth_of(self, cells: list[Cell]) -> Birth:
        column = self._at("ngaysinh")
        if column is not None:
            cell = cells[column]
            year = self._at("nam")
            if cell not in ("", None) or year is None:
                return self._birth[cell]
            return self._birth[cells[year]]
        return parse_parts(*(cells[self._fields[part]] if part in self._fields else "" for part in _PARTS))

    def _sex_of(self, cells: list[Cell], value: LearnerValue, notes: list[str], add: Callable[[Finding], None]) -> None:
        words, male, female = self._at("gioitinh"), self._at("nam_gioi"), self._at("nu")
        if words is not None and male is None and female is None:
            sex, code = self._sex[cells[words]]
        elif male is not None or female is not None:
            sex, code = parse_sex_marks(
                cells[male] if male is not None else "",
                cells[female] if female is not None else "",
                has_male=male is not None,
                has_female=female is not None,
            )
        else:
            sex, code = 0, "W_SEX_MISSING"
        value.gioitinh = sex
        if code:
            if code[0] == "N":
                notes.append(code)
            else:
                add(Finding(code, "gioitinh", text_of(cells[words]) if words is not None else ""))

    def _codes_of(
        self,
        cells: list[Cell],
        value: LearnerValue,
        notes: list[str],
        add: Callable[[Finding], None],
        birth: Birth,
        spoiled: tuple[str, ...],
    ) -> None:
        at = self._at
        column = at("mahocsinh")
        if "mahocsinh" not in spoiled:
            value.mahocsinh, code = parse_code(cells[column] if column is not None else "")
            if code == "N_CODE_NUMBER":
                notes.append(code)
            elif code:
                add(Finding(code, "mahocsinh", text_of(cells[column]) if column is not None else ""))
        column = at("sodinhdanh")
        if "sodinhdanh" not in spoiled:
            cell = cells[column] if column is not None else ""
            found = parse_id(cell, value.gioitinh, birth.year)
            value.sodinhdanh = found.number
            if found.passport:
                value.giayto = Paper(PASSPORT, found.passport)
            notes.extend(found.notes)
            for code in found.codes:
                add(Finding(code, "sodinhdanh", text_of(cell), found.number or ""))
        column = at("bhyt")
        if column is not None:
            value.bhyt, code = parse_insurance(cells[column])
            if code == "N_BHYT_FORMAT":
                notes.append(code)
            elif code:
                add(Finding(code, "bhyt", text_of(cells[column])))

    def _groups_of(
        self,
        cells: list[Cell],
        value: LearnerValue,
        notes: list[str],
        add: Callable[[Finding], None],
        merged: tuple[int, ...],
    ) -> None:
        at = self._at
        column = at("dantoc")
        if column is not None:
            value.dantoc, code = self._ethnic[cells[column]]
            if code:
                say(code, "dantoc", cells[column], notes, add)
        column = at("doituongchinhsach")
        if column is not None and cells[column]:
            value.doituongchinhsach, code = self._policy[cells[column]]
            if code:
                say(code, "doituongchinhsach", cells[column], notes, add)
        column = at("khuyettat")
        if column is not None and cells[column]:
            value.khuyettat = self._disability[cells[column]]
        column = at("noisinh")
        if column is not None and cells[column]:
            value.noisinh_tinh, code = self._province[cells[column]]
            if code:
                notes.append(code)
        column = at("ghichu")
        if column is not None and cells[column]:
            value.ghichu = None if is_error(cells[column]) else text_of(cells[column]) or None
            if column in merged and value.ghichu:
                notes.append("N_MERGED_NOTE")
        column = at("quoctich")
        cell = cells[column] if column is not None else ""
        if cell:
            value.quoctich = self._country[cell]
        elif value.giayto:
            value.quoctich = None
        if value.giayto and (not value.quoctich or value.quoctich == "VN"):
            value.quoctich = country_in_note(value.ghichu) or (value.quoctich if cell else None)

    def _address_of(
        self,
        cells: list[Cell],
        value: LearnerValue,
        notes: list[str],
        add: Callable[[Finding], None],
        spoiled: tuple[str, ...],
    ) -> None:
        at = self._at
        if "noio" in spoiled:
            return
        detail, ward, district, province = at("noio_chitiet"), at("noio_xa"), at("noio_huyen"), at("noio_tinh")
        if detail is None and ward is None and province is None:
            column = at("noio")
            if column is None or not cells[column]:
                return
            shown: Cell = cells[column]
            address, codes = parse_whole_address(shown if isinstance(shown, str) else text_of(shown))
        else:
            if detail is None:
                detail = at("noio")
            texts = [
                plain(cells[column]) if column is not None else "" for column in (detail, ward, province, district)
            ]
            address, codes = parse_address(*texts)
            shown = texts[1]
        value.noio = address
        for code in codes:
            say(code, "noio", shown, notes, add)


_PARTS = ("ngay", "thang", "nam")
