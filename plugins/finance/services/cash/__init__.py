"""Cash at the counter: drawers with a day close, a queue of families, deposits at the bank.

Each drawer is an account of the books (`cash:drawer-<number>`) that is empty between two openings; `cash:desk` is the
safe, `cash:float` change money that is out in drawers, `cash:transit` what was carried to the bank.
"""

from __future__ import annotations

from .closing import confirm, count, reopen, send_back
from .deposits import FITTING, Arrival, DepositRow, arrived, deposit, deposits, in_safe, possible
from .drawers import STATES, DrawerRow, MoveRow, drawer, drawers, moves, open_drawer, own
from .finding import Child, basket, scanned, siblings
from .taking import Batch, Share, batch, give_back, may_give_back, take

__all__ = [
    "FITTING",
    "STATES",
    "Arrival",
    "Batch",
    "Child",
    "DepositRow",
    "DrawerRow",
    "MoveRow",
    "Share",
    "arrived",
    "basket",
    "batch",
    "confirm",
    "count",
    "deposit",
    "deposits",
    "drawer",
    "drawers",
    "give_back",
    "in_safe",
    "may_give_back",
    "moves",
    "open_drawer",
    "own",
    "possible",
    "reopen",
    "scanned",
    "send_back",
    "siblings",
    "take",
]
