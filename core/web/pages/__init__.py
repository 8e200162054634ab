"""The core's own pages: sign-in, start, search, modules, notices of payment providers, health."""

from __future__ import annotations

from flask import Blueprint

from . import account, home, installed, notices, operate

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    home.blueprint,
    installed.blueprint,
    notices.blueprint,
    operate.blueprint,
)
