"""Accounts and their movements, and what the bank makes of the texts. Amounts are in dong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock

from core.sdk.testing.simulators import local, numbers

from .faults import BankFaults
from .settings import Account, Settings

LIMIT = 500_000_000


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
    faults: BankFaults
    movements: list[Movement] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)
    _numbers: Callable[[datetime], int] = field(default_factory=numbers)

    def clear(self) -> None:
        """Forget all movements."""
        with self.lock:
            self.movements.clear()

    def account(self, number: str, bank_bin: str = "") -> Account:
        """The account of a transfer."""
        for account in self.settings.accounts:
            if account.number == number and bank_bin in ("", account.bank_bin):
                return account
        raise TransferRefusedError("Không tìm thấy tài khoản nhận.")

    def lines(self, account: Account, first: datetime | None = None, last: datetime | None = None) -> list[Movement]:
        """The movements of an account between two moments."""
        mine = [movement for movement in self.movements if movement.account == account.number]
        return [m for m in mine if (first is None or m.at >= first) and (last is None or m.at < last)]

    def balance(self, account: Account) -> int:
        signed = [m.amount if m.incoming else -m.amount for m in self.movements if m.account == account.number]
        return account.opening + sum(signed)

    def book(
        self, account: Account, amount: int, text: str, payer: str, *, incoming: bool = True, at: datetime | None = None
    ) -> Movement:
        """Carry out a transfer to (or from) an account of ours."""
        if not 0 < amount <= LIMIT:
            raise TransferRefusedError("Số tiền phải từ 1 đến 500.000.000 đồng.")
        with self.lock:
            now = local(at)
            number = self._numbers(now)
            balance = self.balance(account) + (amount if incoming else -amount)
            reference = f"FT{now:%y%j}{number:06d}"
            arrived = arriving_text(text, self.faults)
            movement = Movement(number, reference, account.number, amount, incoming, arrived, payer, now, balance)
            self.movements.append(movement)
            return movement


def arriving_text(text: str, faults: BankFaults) -> str:
    """The text as it arrives: prefixed, without marks and punctuation, in capitals, cut off."""
    text = f"{faults.prefix} {text}".strip()
    if faults.strip:
        bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
        text = re.sub(r"[^A-Za-z0-9 ]", "", bare)
    if faults.upper:
        text = text.upper()
    return text[: faults.truncate] if faults.truncate else text
