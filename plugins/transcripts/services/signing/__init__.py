"""Signing: what waits for whom, one confirmation for many, and signatures put in place only after they were checked."""

from .asking import asked_by_job, authorise, begin, poll
from .groups import Group, GroupKey, groups, members
from .orders import Order, OrderLine, lines_of, load_order, open_orders
from .starting import start
from .taking import take

__all__ = [
    "Group",
    "GroupKey",
    "Order",
    "OrderLine",
    "asked_by_job",
    "authorise",
    "begin",
    "groups",
    "lines_of",
    "load_order",
    "members",
    "open_orders",
    "poll",
    "start",
    "take",
]
