"""Columns that look as if they held personal data, and the classes that would have to be declared for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_WORDS: Mapping[str, str] = {
    "identity": r"(full|first|last|given|family|middle|nick|pupil|learner|student|guardian|parent|child|patient)_?name|"
    r"birth|dob|born|sex|gender|photo|avatar|national_id|citizen_id|cccd|cmnd|ho_ten|ngay_sinh|nationality|passport",
    "contact": r"phone|mobile|e?mail|zalo|dien_thoai|contact_address",
    "address": r"address|ward|commune|street|residence|hometown|birthplace|dia_chi|que_quan",
    "origin": r"ethnic|religion|dan_toc|ton_giao",
    "health": r"health|allerg|disab|diagnos|illness|disease|symptom|vaccin|blood|weight|height|bmi|medic|prescription|"
    r"eyesight|hearing",
    "biometrics": r"fingerprint|face_(id|vector|print)|voice_print|biometr",
    "credentials": r"password|passwd|secret|api_key|private_key|pin_code|otp",
    "location": r"latitude|longitude|gps|geo_?loc",
    "finance": r"bank_account|account_number|iban|card_number|salary|income",
    "results": r"(mark|score)s?|(exam|final)_grades?|conduct|absence|attendance",
    "behaviour": r"browser|user_agent|clicks|visited|remote_addr|ip_address",
    "documents": r"(id_card|passport|birth_certificate)_(scan|image|file)",
}
_PATTERNS = {name: re.compile(rf"(^|_)({words})(_|$)") for name, words in _WORDS.items()}


def undeclared(tables: Mapping[str, list[str]], refers: list[str], declared: list[str]) -> Iterator[str]:
    """Columns of which no class that fits is declared.

    A column that refers to a person ties its whole row to that person, so at least one class must be declared. What a
    name does not show, nobody finds here.
    """
    for table, columns in tables.items():
        for column in columns:
            fitting = [name for name, pattern in _PATTERNS.items() if pattern.search(column)]
            if fitting and not set(fitting) & set(declared):
                yield f"{table}.{column} looks like {' or '.join(fitting)}"
    if not declared:
        yield from (f"{column} refers to persons, and no class is declared" for column in refers)
