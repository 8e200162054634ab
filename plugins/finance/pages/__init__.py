"""Pages of the finance module: one file a subject; importing a file mounts its pages on its blueprint."""

from __future__ import annotations

from flask import Blueprint

from . import (
    bills,
    books,
    cash,
    channels,
    charts,
    desk,
    differences,
    documents,
    einvoices,
    evidence,
    exemptions,
    family,
    funds,
    insurance,
    items,
    links,
    meals,
    opening,
    parts,
    payouts,
    publishing,
    receipts,
    reconciliation,
    rounds,
    setup,
    sharing,
    standing,
    statements,
)
from .pay import blueprint as pay_blueprint
from .site import blueprint

BLUEPRINTS: tuple[Blueprint, ...] = (blueprint, pay_blueprint)
"""Everything that is mounted; pages for families bring a blueprint of their own."""

__all__ = [
    "BLUEPRINTS",
    "bills",
    "books",
    "cash",
    "channels",
    "charts",
    "desk",
    "differences",
    "documents",
    "einvoices",
    "evidence",
    "exemptions",
    "family",
    "funds",
    "insurance",
    "items",
    "links",
    "meals",
    "opening",
    "parts",
    "payouts",
    "publishing",
    "receipts",
    "reconciliation",
    "rounds",
    "setup",
    "sharing",
    "standing",
    "statements",
]
