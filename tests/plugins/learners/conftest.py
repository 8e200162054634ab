"""Fixtures of the learners' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.files import service as files
from core.files.stores import LocalStore


@pytest.fixture(autouse=True)
def _store(var: Path) -> None:
    """Uploaded lists are documents; a program binds its store at start."""
    files.bind(LocalStore(var / "files"))
