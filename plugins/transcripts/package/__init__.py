"""Packages of records for the department: one file, the same bytes for the same content, sealed as a whole."""

from .archive import Limits
from .manifest import Facts, Member
from .package import Package, PackageRefused, judge, read, sealed, unsealed
from .seal import Prepared, finish, prepare

__all__ = [
    "Facts",
    "Limits",
    "Member",
    "Package",
    "PackageRefused",
    "Prepared",
    "finish",
    "judge",
    "prepare",
    "read",
    "sealed",
    "unsealed",
]
