"""What the simulated service believes: invoices by the school's key, numbers without gaps, codes of the authority."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field

from .settings import InvoiceFaults

Fields = dict[str, object]


@dataclass
class Invoice:
    """One order that was taken, or refused."""

    key: str
    order: Fields
    id: str
    number: str = ""
    refused: str = ""
    code_at: float | None = None
    """When the authority's code is there (monotonic seconds); None: when told."""
    cancelled: bool = False

    @property
    def code(self) -> str:
        there = self.code_at is not None and time.monotonic() >= self.code_at
        return hashlib.sha256(f"code {self.id}".encode()).hexdigest()[:34].upper() if there else ""


@dataclass
class Register:
    """All orders of one account."""

    faults: InvoiceFaults
    invoices: dict[str, Invoice] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    last: int = 0

    def take(self, order: Fields) -> tuple[Invoice, bool]:
        """Carry an order out; the invoice, and whether the key was known. A refused key may come again."""
        key = str(order["key"])
        with self.lock:
            known = self.invoices.get(key)
            if known is not None and not known.refused:
                return known, True
            made = self.invoices[key] = Invoice(key, order, hashlib.sha256(key.encode()).hexdigest()[:24])
            made.refused = self._fault_of(order)
            if not made.refused:
                self._give(made)
            return made, False

    def _give(self, made: Invoice) -> None:
        if made.order["kind"] == "cancel":
            original = self._original(made.order)
            if original is not None:
                original.cancelled = True
        else:
            self.last += 1
            made.number = f"{self.last:08d}"
        delay = self.faults.code_delay
        made.code_at = None if delay < 0 else time.monotonic() + delay

    def _fault_of(self, order: Fields) -> str:
        """Why the authority would refuse an order; empty when it would not."""
        if self.faults.take("refuse"):
            return "BUYER_TAX_CODE"
        if order["kind"] == "cancel":
            return "" if self._known(order) else "ORIGINAL_UNKNOWN"
        lines = order["lines"]
        if not isinstance(lines, list) or sum(line["amount"] for line in lines) != order["total"]:
            return "TOTAL_DIFFERS"
        if order["kind"] == "issue":
            return ""
        return "" if self._known(order) else "ORIGINAL_UNKNOWN"

    def _known(self, order: Fields) -> bool:
        return self._original(order) is not None

    def _original(self, order: Fields) -> Invoice | None:
        original = order.get("original")
        return self.invoices.get(str(original.get("key"))) if isinstance(original, dict) else None

    def give_codes(self) -> int:
        """The authority gives every code that waits."""
        with self.lock:
            waiting = [i for i in self.invoices.values() if not i.refused and not i.code]
            for invoice in waiting:
                invoice.code_at = time.monotonic()
            return len(waiting)

    def to_json(self) -> Fields:
        with self.lock:
            told = [
                {"key": i.key, "kind": i.order["kind"], "number": i.number, "total": i.order["total"],
                 "refused": i.refused, "code": i.code, "cancelled": i.cancelled}
                for i in self.invoices.values()
            ]  # fmt: skip
            return {"invoices": told, "issued": sum(1 for i in self.invoices.values() if i.number)}

    def reset(self) -> None:
        with self.lock:
            self.invoices.clear()
