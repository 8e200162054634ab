"""The core's own pages: sign-in, start, search, modules, notices of payment providers, health."""

from __future__ import annotations

from flask import Blueprint

from . import (
    account,
    elsewhere,
    emergencies,
    exports,
    family_app,
    figures,
    home,
    inbox,
    invitation,
    join,
    monitoring,
    notices,
    oauth,
    operate,
    organisations,
    people,
    personal,
    readers,
    school,
    second_step,
    security,
    settings,
    webhooks,
    work,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.blueprint,
    *elsewhere.BLUEPRINTS,
    emergencies.blueprint,
    exports.blueprint,
    family_app.blueprint,
    figures.blueprint,
    home.blueprint,
    inbox.blueprint,
    invitation.blueprint,
    join.blueprint,
    monitoring.blueprint,
    notices.blueprint,
    *oauth.BLUEPRINTS,
    operate.blueprint,
    organisations.blueprint,
    people.blueprint,
    personal.blueprint,
    readers.blueprint,
    school.blueprint,
    second_step.blueprint,
    security.blueprint,
    settings.blueprint,
    webhooks.blueprint,
    work.blueprint,
)
