"""What a good record is ("đúng, đủ, sạch, sống"), as data: field, check, weight, severity, source.

A rule's `bad` is a condition of SQL over the tables of `services.quality`: `l` record, `c` person, `p` further fields,
`f` family (null without one), `k` class, `g` policy groups, `d` double records; `:today`, `:stale` (a year ago) and
`:first_year` (in which the school year begins). The same conditions count and list, in one pass over the school.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.sdk import Message, _

Dimension = Literal["complete", "valid", "unique", "verified", "fresh"]
Page = Literal["edit", "more", "family", "policies", "verify", "doubles"]

DIMENSIONS: dict[Dimension, Message] = {
    "complete": _("Complete"),
    "valid": _("Valid values"),
    "unique": _("Unique"),
    "verified": _("Compared with papers"),
    "fresh": _("Up to date"),
}
_DICTIONARY = _("National dictionary of education data, required field")
_ID_LAW = _("Decree 88/2026/ND-CP: every learner has a code before 1 January 2027")
_HOUSE = _("Good practice; no act says so")


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of one field."""

    code: str
    field: str
    """The field of the form to jump to."""
    label: Message
    dimension: Dimension
    weight: int
    must: bool
    """Whether the sector's database refuses the record without it."""
    source: Message
    bad: str
    page: Page = "edit"


def _missing(
    code: str, field: str, label: Message, bad: str, *, weight: int = 1, must: bool = True, page: Page = "edit",
    source: Message = _DICTIONARY,
) -> Rule:  # fmt: skip
    return Rule(code, field, label, "complete", weight, must, source, bad, page)


_NO_ID = "coalesce(l.personal_id, l.paper_number) IS NULL"
_ID_YEAR = """(l.personal_id ~ '^[0-9]{12}$' AND l.birth IS NOT NULL AND (
    19 + substr(l.personal_id, 4, 1)::int / 2 <> left(l.birth, 2)::int
    OR substr(l.personal_id, 5, 2) <> substr(l.birth, 3, 2)))"""
_ID_SEX = """(l.personal_id ~ '^[0-9]{12}$' AND c.sex IN (1, 2)
    AND substr(l.personal_id, 4, 1)::int % 2 <> CASE c.sex WHEN 1 THEN 0 ELSE 1 END)"""
_AGE = """(l.birth IS NOT NULL AND k.grade > 0
    AND left(l.birth, 4)::int NOT BETWEEN :first_year - 5 - k.grade - 3 AND :first_year - 5 - k.grade + 1)"""

RULES: tuple[Rule, ...] = (
    _missing("C_ID", "sodinhdanh", _("No personal ID and no other paper"), _NO_ID, weight=3, source=_ID_LAW),
    _missing("C_CODE", "mahocsinh", _("No pupil code"), "l.code IS NULL", weight=2),
    _missing("C_BIRTH", "ngaysinh", _("Day of birth not known in full"), "coalesce(length(l.birth), 0) < 10", weight=2),
    _missing("C_SEX", "gioitinh", _("Sex not known"), "c.sex NOT IN (1, 2)", weight=2),
    _missing("C_ETHNIC", "dantoc", _("No ethnic group"), "l.ethnic IS NULL"),
    _missing("C_NATIONALITY", "quoctich", _("No nationality"), "l.nationality IS NULL"),
    _missing("C_BIRTH_PLACE", "noisinh_tinh", _("No place of birth"), "l.birth_province IS NULL", must=False),
    _missing("C_ADDRESS", "noio_xa", _("No commune or province of the address"),
             "(l.address_province IS NULL OR coalesce(l.address_commune, l.address_original) IS NULL)", weight=2),
    _missing("C_FAMILY", "me_hovaten", _("Neither father, mother nor guardian"), "f.learner_id IS NULL", weight=3),
    _missing("C_FAMILY_YEAR", "family", _("Year of birth of a parent is missing"), "f.no_year", page="family"),
    _missing("C_FAMILY_ID", "family", _("Personal ID of a parent is missing"), "f.no_id", page="family"),
    _missing("C_PHONE", "me_sdt", _("No telephone of the family"), "coalesce(f.phones, 0) = 0", weight=2, must=False,
             source=_HOUSE),
    _missing("C_AREA", "area", _("Area of priority not entered"), "p.area IS NULL", page="more"),
    _missing("C_BOARDING", "boarding_kind", _("Boarding not entered"), "p.boarding_kind IS NULL", page="more"),
    _missing("C_SESSIONS", "two_sessions", _("Two sessions a day not answered"), "p.two_sessions IS NULL", page="more"),
    _missing("C_DISABILITY", "disability_kind", _("Kind of the disability not entered"),
             "(l.disability IS NOT NULL AND p.disability_kind IS NULL)", page="more"),
    _missing("C_MINORITY", "father_minority", _("Ethnic minority of father and mother not answered"),
             "(p.father_minority IS NULL OR p.mother_minority IS NULL)", page="more"),
    _missing("C_SUPPORT", "fee_reduction", _("Support (fees, costs, lunch) not answered"),
             "(p.fee_reduction IS NULL OR p.cost_support IS NULL OR p.lunch_support IS NULL)", page="more"),
    _missing("C_PROOF", "policies", _("Policy group without a paper"), "g.unproven", must=False, page="policies",
             source=_HOUSE),
    Rule("V_ID_SHAPE", "sodinhdanh", _("The personal ID does not have 12 digits"), "valid", 3, True, _ID_LAW,
         "(l.personal_id IS NOT NULL AND l.personal_id !~ '^[0-9]{12}$')"),
    Rule("V_ID_YEAR", "sodinhdanh", _("The personal ID does not agree with the year of birth"), "valid", 2, False,
         _ID_LAW, _ID_YEAR),
    Rule("V_ID_SEX", "gioitinh", _("The personal ID does not agree with the sex"), "valid", 2, False, _ID_LAW, _ID_SEX),
    Rule("V_AGE", "ngaysinh", _("The year of birth is unusual for this grade"), "valid", 1, False, _HOUSE, _AGE),
    Rule("V_NAME", "hovaten", _("A digit or only one word in the name"), "valid", 2, False, _HOUSE,
         "(c.full_name ~ '[0-9]' OR c.full_name !~ ' ')"),
    Rule("V_ADDRESS", "noio_xa", _("Address of before July 2025"), "valid", 1, True,
         _("Decision 19/2025/QD-TTg"), "l.address_former"),
    Rule("V_INSURANCE", "bhyt", _("The insurance card number is not HS4 and 12 digits"), "valid", 1, False, _HOUSE,
         "(l.insurance IS NOT NULL AND l.insurance !~ '^HS4[0-9]{12}$')"),
    Rule("U_DOUBLE", "doubles", _("Another pupil has the same name and birthday"), "unique", 3, True, _HOUSE,
         "d.id IS NOT NULL", "doubles"),
    Rule("R_CHECKED", "checked", _("Not compared with papers yet"), "verified", 2, False, _HOUSE,
         """(coalesce(p.checked, 'unverified') = 'unverified'
             OR p.checked = 'verified' AND p.checked_version <> l.version)""", "verify"),
    Rule("R_MISMATCH", "checked", _("Differs from the papers"), "verified", 3, True, _HOUSE,
         "coalesce(p.checked = 'mismatch', false)", "verify"),
    Rule("R_POLICY", "policies", _("Paper of a policy group not verified"), "verified", 1, False, _HOUSE,
         "g.unverified", "policies"),
    Rule("F_POLICY", "policies", _("A policy group has expired"), "fresh", 1, False, _HOUSE, "g.expired", "policies"),
    Rule("F_RECORD", "hovaten", _("Not looked at for a year"), "fresh", 1, False, _HOUSE,
         "greatest(l.updated_at, p.updated_at) < :stale"),
)  # fmt: skip
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


def score(counts: Mapping[str, int], pupils: int, dimension: Dimension | None = None) -> int:
    """Points of 100: the weighted share of checks that hold, rounded down, so that only a clean class has 100. Pure.

    Args:
        counts: how many pupils break each rule, by its code.
        dimension: only the rules of one dimension.
    """
    rules = [rule for rule in RULES if dimension is None or rule.dimension == dimension]
    most = sum(rule.weight for rule in rules) * pupils
    if not most:
        return 100
    return 100 - -(-100 * sum(rule.weight * counts.get(rule.code, 0) for rule in rules) // most)
