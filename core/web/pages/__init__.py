"""The core's own pages: sign-in, start, search, modules, notices of payment providers, health."""

from __future__ import annotations

from flask import Blueprint

from . import account, home, notices, operate

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    home.blueprint,
    notices.blueprint,
    operate.blueprint,
)
