"""The core's own pages: sign-in, start, search, modules, notices of payment providers, health."""

from __future__ import annotations

from flask import Blueprint

from . import account, family_app, home, invitation, notices, oauth, operate, people, second_step, security, work

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    family_app.blueprint,
    home.blueprint,
    invitation.blueprint,
    notices.blueprint,
    *oauth.BLUEPRINTS,
    operate.blueprint,
    people.blueprint,
    second_step.blueprint,
    security.blueprint,
    work.blueprint,
)
