"""The blueprint of the rostering service."""

from __future__ import annotations

from ..collection import ROSTERING
from ..discovery import describe
from ..wire import service

blueprint = service("oneroster", __name__, ROSTERING)
describe(
    blueprint,
    "OneRoster 1.2 Rostering Service",
    # The binding names the document in the first way, the conformance guide in the second; programs in use ask for the
    # third as well.
    (
        "onerosterv1p2rostersservice_openapi3_v1p0.json",
        "imsorv1p2_rostering_openapi3_v1p0.json",
        "onerosterv1p2rosteringservice_openapi3_v1p0.json",
    ),
)
