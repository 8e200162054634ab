"""Quality levels of plugins: what `truong plugin check` looks at and how it comes to its verdict.

The package is judged as it would be installed: a source folder is built into a wheel, the wheel unpacked into a folder
of its own, and the program loaded with it in a process of its own on a throw-away database. What a plugin says of
itself is compared with what its files, its tables, its pages and its tests really do.
"""

from __future__ import annotations

from .findings import Finding, Level, Report, Result
from .judging import judge

__all__ = ["Finding", "Level", "Report", "Result", "judge"]
