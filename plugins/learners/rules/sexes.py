"""Sex: 1 male, 2 female, 0 unknown (QCVN 109); written as a word or as a mark in a column of its own."""

from __future__ import annotations

from core.sdk.imports import Cell, clean, is_error

UNKNOWN, MALE, FEMALE = 0, 1, 2
_WORDS = {
    "nam": MALE, "nữ": FEMALE, "nu": FEMALE, "trai": MALE, "gái": FEMALE, "gai": FEMALE, "male": MALE,
    "female": FEMALE, "m": MALE, "f": FEMALE, "nam giới": MALE, "nữ giới": FEMALE,
}  # fmt: skip
_UNMARKED = frozenset({"", "0", "-", "--", "không", "false", "nam"})


def parse_sex(cell: Cell) -> tuple[int, str | None]:
    """Sex from one column of words, and N_SEX_SPELLING or W_SEX_MISSING if there is something to say."""
    if cell == "Nam":
        return MALE, None
    if cell == "Nữ":
        return FEMALE, None
    sex = _WORDS.get(clean(str(cell)).casefold().rstrip(".")) if isinstance(cell, str) else None
    return (sex, "N_SEX_SPELLING") if sex else (UNKNOWN, "W_SEX_MISSING")


def _is_marked(cell: Cell, unmarked: frozenset[str] = _UNMARKED) -> bool:
    if cell is None or is_error(cell) or cell is False:
        return False
    if isinstance(cell, (int, float)):
        return cell != 0
    return clean(str(cell)).casefold() not in unmarked


def parse_sex_marks(male: Cell, female: Cell, *, has_male: bool, has_female: bool) -> tuple[int, str | None]:
    """Sex from marks: in a single column `Nữ` an x is female and empty is male; two marks contradict each other."""
    is_female = has_female and _is_marked(female)
    is_male = has_male and _is_marked(male, _UNMARKED - {"nam"} | {"nữ"})
    if has_male and has_female:
        if is_male and is_female:
            return UNKNOWN, "W_SEX_CONFLICT"
        if not is_male and not is_female:
            return UNKNOWN, "W_SEX_MISSING"
        return (MALE if is_male else FEMALE), None
    if has_female:
        return (FEMALE if is_female else MALE), None
    return (MALE if is_male else FEMALE), None
