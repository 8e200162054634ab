"""The core's own pages: sign-in, start, search, modules, notices of payment providers, health."""

from __future__ import annotations

from flask import Blueprint

from . import (
    account,
    elsewhere,
    family_app,
    home,
    inbox,
    invitation,
    join,
    notices,
    oauth,
    operate,
    people,
    second_step,
    security,
    webhooks,
    work,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    *elsewhere.BLUEPRINTS,
    family_app.blueprint,
    home.blueprint,
    inbox.blueprint,
    invitation.blueprint,
    join.blueprint,
    notices.blueprint,
    *oauth.BLUEPRINTS,
    operate.blueprint,
    people.blueprint,
    second_step.blueprint,
    security.blueprint,
    webhooks.blueprint,
    work.blueprint,
)
