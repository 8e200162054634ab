"""OneRoster 1.1 in front of the same services: `/ims/oneroster/v1p1`, for programs that do not speak 1.2 yet.

Reading, and single objects of the gradebook with PUT and DELETE. The objects are those of 1.2 without what 1.1 does not
know; a user has one role and a list of organisations. Error bodies are those of 1.2.
"""

from __future__ import annotations

from .gradebook.blueprint import blueprint as gradebook
from .rostering.blueprint import blueprint as rostering
from .wire import FORMER, service

_METHODS = {"GET", "PUT", "DELETE"}
blueprint = service("oneroster_v1p1", __name__, FORMER)
for _rule in (*rostering.rules, *gradebook.rules):
    _newer = "/assessment" in _rule.path or "/scoreScales" in _rule.path or "/discovery/" in _rule.path
    if not _newer and "<path:" not in _rule.path and _rule.methods <= _METHODS:
        blueprint.add_url_rule(_rule.path, _rule.endpoint, _rule.view, methods=sorted(_rule.methods))

__all__ = ["blueprint"]
