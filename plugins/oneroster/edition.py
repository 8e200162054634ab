"""What OneRoster 1.1 tells of an object of 1.2. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "user": frozenset({"roles", "primaryOrg", "userMasterIdentifier"}),
        "lineItem": frozenset({"school", "academicSession", "scoreScale", "learningObjectiveSet"}),
        "category": frozenset({"weight"}),
        "result": frozenset(
            {
                "class", "textScore", "scoreScale", "learningObjectiveSet", "inProgress", "incomplete", "late",
                "missing",
            }
        ),
    }
)  # fmt: skip
"""Fields that 1.1 does not have, by object."""
ADDED: Mapping[str, frozenset[str]] = MappingProxyType({"user": frozenset({"role", "orgs"})})
"""Fields that only 1.1 has."""


def former(kind: str, found: Mapping[str, object]) -> dict[str, object]:
    """An object as 1.1 tells it: of the roles of a person the first one."""
    told = {name: value for name, value in found.items() if name not in UNKNOWN.get(kind, ())}
    roles = found.get("roles")
    if kind == "user" and isinstance(roles, list) and roles:
        told["role"] = roles[0]["role"]
        told["orgs"] = [roles[0]["org"]]
    return told
