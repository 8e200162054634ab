"""What simulators of payment providers have in common: notices on a schedule, faults, a control page.

A simulator is a separate program, a small WSGI application that plays the other side of one protocol. It keeps its
own messages and its own signing code (written from the provider's document, never from the adapter) and takes the rest
from here. The product never imports a simulator, and cannot tell one from the provider.
"""

from .books import add_books
from .certificates import KeyHolder, key_holder
from .clock import GMT7, local, moment_of, numbers
from .control import add_control
from .courier import Courier, Letter, Reply
from .faults import Faults
from .orders import Order, OrderBook, Refund, ServiceFaults
from .pages import add_pages, add_payers
from .payments import Payments, UnknownOrderError
from .program import options, serve
from .settings import SimulatorSettings, is_loopback
from .settlement import DIFFERENCES, SettlementLine, settlement, settlement_file, with_differences

__all__ = [
    "DIFFERENCES",
    "GMT7",
    "Courier",
    "Faults",
    "KeyHolder",
    "Letter",
    "Order",
    "OrderBook",
    "Payments",
    "Refund",
    "Reply",
    "ServiceFaults",
    "SettlementLine",
    "SimulatorSettings",
    "UnknownOrderError",
    "add_books",
    "add_control",
    "add_pages",
    "add_payers",
    "is_loopback",
    "key_holder",
    "local",
    "moment_of",
    "numbers",
    "options",
    "serve",
    "settlement",
    "settlement_file",
    "with_differences",
]
