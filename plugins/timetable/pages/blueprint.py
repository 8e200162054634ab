"""The blueprint that all page modules of the plugin share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("timetable", __name__, url_prefix="/timetable")
