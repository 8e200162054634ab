"""Pages of the timetable: one file a subject; importing a file mounts its pages on its blueprint."""

from __future__ import annotations

from flask import Blueprint

from . import editing, imports, making, mine, rooms, setup, substitutions, versions, views
from .blueprint import blueprint
from .feed import blueprint as feed_blueprint

BLUEPRINTS: tuple[Blueprint, ...] = (blueprint, feed_blueprint)

__all__ = ["BLUEPRINTS", "editing", "imports", "making", "mine", "rooms", "setup", "substitutions", "versions", "views"]
