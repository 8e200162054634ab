"""Files that a service or bank sends at the end of the day, with differences that a reconciliation must find."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from .orders import OrderBook

T = TypeVar("T")
DIFFERENCES = ("missing", "duplicate", "wrong_amount", "extra")
HEADER = ("transaction", "order", "kind", "amount", "fee", "net", "time")


def with_differences(
    lines: Sequence[T],
    wanted: Mapping[str, int],
    *,
    changed: Callable[[T], T],
    invented: Callable[[T, int], T],
) -> list[T]:
    """The lines to print: the last so many are left out, printed twice, changed, or invented."""
    result = list(lines)
    for name in DIFFERENCES:
        for index in range(wanted.get(name, 0)):
            if not result:
                break
            if name == "extra":
                result.append(invented(result[-1], index))
            elif name == "missing":
                result.pop()
            elif name == "duplicate":
                result.append(result[-1])
            else:
                at = len(result) - 1 - index
                result[at] = changed(result[at])
    return result


@dataclass(frozen=True)
class SettlementLine:
    """One movement of a settlement: a payment, or a refund with a negative amount. Whole dong."""

    transaction: str
    order: str
    kind: str
    amount: int
    fee: int
    at: datetime

    @property
    def cells(self) -> tuple[object, ...]:
        time = self.at.strftime("%Y-%m-%d %H:%M:%S")
        return self.transaction, self.order, self.kind, self.amount, self.fee, self.amount - self.fee, time


def settlement(book: OrderBook, wanted: Mapping[str, int], fee_per_mille: int = 0) -> list[SettlementLine]:
    """Every payment and every refund that is done, in order of time."""
    lines: list[SettlementLine] = []
    with book.lock:
        for order in book.orders.values():
            if order.paid and order.decided_at is not None:
                fee = order.amount * fee_per_mille // 1000
                lines.append(SettlementLine(order.number, order.own, "payment", order.amount, fee, order.decided_at))
            lines += [
                SettlementLine(r.number, order.own, "refund", -r.amount, 0, r.made_at)
                for r in order.refunds
                if r.state == "done"
            ]
    lines.sort(key=lambda line: (line.at, line.transaction))
    return with_differences(
        lines,
        wanted,
        changed=lambda line: replace(line, amount=line.amount + 1000),
        invented=lambda line, index: replace(line, transaction=f"9{line.transaction}{index}", order=f"X{index}"),
    )


def settlement_file(lines: Sequence[SettlementLine]) -> bytes:
    """The lines as CSV in UTF-8, with a header."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    writer.writerows(line.cells for line in lines)
    return buffer.getvalue().encode()
