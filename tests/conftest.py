"""Fixtures for all tests: those that vendors have (`core.sdk.testing.fixtures`), and the shared material."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.sdk.testing.fixtures import (
    SignIn,
    app,
    databases,
    db,
    keys,
    make_school,
    other_school,
    prepare,
    program,
    registry,
    school,
    server,
    sign_in,
    signed_in,
    system,
    template,
    var,
)

__all__ = [
    "SHORT_SOAK",
    "SignIn",
    "app",
    "databases",
    "db",
    "keys",
    "make_school",
    "other_school",
    "prepare",
    "program",
    "registry",
    "school",
    "server",
    "shared",
    "sign_in",
    "signed_in",
    "system",
    "template",
    "var",
]
SHORT_SOAK = os.environ.get("SOAK") == "short"
"""`make soak SOAK=short` runs the long tests with a tenth of their amounts, as CI does."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of input files, vectors and references beside the repository."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    assert folder.is_dir(), f"the tests need the shared material in {folder}"
    return folder
