"""Accounts and their movements, and what the bank makes of the texts. Amounts are in dong."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from threading import RLock

from .faults import Faults
from .settings import Account, Settings

GMT7 = timezone(timedelta(hours=7))
LIMIT = 500_000_000
_YEAR_2026 = 1_767_225_600
"""Numbers begin with the seconds since then: a bank that was started anew never gives one a second time."""


class TransferRefusedError(ValueError):
    """The bank does not carry this transfer out; the text is for the payer."""


@dataclass(frozen=True)
class Movement:
    """One line of an account."""

    number: int
    reference: str
    account: str
    amount: int
    incoming: bool
    text: str
    payer: str
    at: datetime
    balance: int

    def to_json(self) -> dict[str, object]:
        return {**vars(self), "at": self.at.isoformat()}


@dataclass
class Bank:
    """All accounts."""

    settings: Settings
    faults: Faults
    movements: list[Movement] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)
    _numbers: count[int] = field(default_factory=lambda: count(int(time.time()) - _YEAR_2026))

    def account(self, number: str, bank_bin: str = "") -> Account:
        """The account of a transfer."""
        for account in self.settings.accounts:
            if account.number == number and bank_bin in ("", account.bank_bin):
                return account
        raise TransferRefusedError("Không tìm thấy tài khoản nhận.")

    def balance(self, account: Account) -> int:
        signed = [m.amount if m.incoming else -m.amount for m in self.movements if m.account == account.number]
        return account.opening + sum(signed)

    def book(self, account: Account, amount: int, text: str, payer: str, *, incoming: bool = True) -> Movement:
        """Carry out a transfer to (or from) an account of ours."""
        if not 0 < amount <= LIMIT:
            raise TransferRefusedError("Số tiền phải từ 1 đến 500.000.000 đồng.")
        with self.lock:
            number, now = next(self._numbers), datetime.now(GMT7)
            balance = self.balance(account) + (amount if incoming else -amount)
            reference = f"FT{now:%y%j}{number:06d}"
            arrived = arriving_text(text, self.faults)
            movement = Movement(number, reference, account.number, amount, incoming, arrived, payer, now, balance)
            self.movements.append(movement)
            return movement


def arriving_text(text: str, faults: Faults) -> str:
    """The text as it arrives: prefixed, without marks and punctuation, in capitals, cut off."""
    text = f"{faults.prefix} {text}".strip()
    if faults.strip:
        bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
        text = re.sub(r"[^A-Za-z0-9 ]", "", bare)
    if faults.upper:
        text = text.upper()
    return text[: faults.truncate] if faults.truncate else text
