"""The banks that can receive a NAPAS 247 transfer, from dated data (`banks.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank of the table."""

    bin: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BankTable:
    """All banks by BIN, and the day the table was checked."""

    as_of: date
    banks: Mapping[str, Bank]

    def name_of(self, bank_bin: str) -> str:
        """The bank's name; a BIN that is not in the table is shown as it is (new banks appear)."""
        bank = self.banks.get(bank_bin)
        return bank.name if bank else bank_bin


@cache
def bank_table() -> BankTable:
    """The table of this release."""
    data = tomllib.loads((Path(__file__).parent / "banks.toml").read_text(encoding="utf-8"))
    banks = {key: Bank(key, entry["code"], entry["name"]) for key, entry in data["banks"].items()}
    return BankTable(data["as_of"], MappingProxyType(banks))
