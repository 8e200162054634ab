"""The blueprint of the gradebook service."""

from __future__ import annotations

from ..collection import GRADEBOOK
from ..discovery import describe
from ..wire import service

blueprint = service("oneroster_gradebook", __name__, GRADEBOOK)
describe(
    blueprint,
    "OneRoster 1.2 Gradebook Service",
    ("onerosterv1p2gradebookservice_openapi3_v1p0.json", "imsorv1p2_gradebook_openapi3_v1p0.json"),
)
