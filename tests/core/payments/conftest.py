"""Fixtures of the payment tests."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.data.session import Database

from .world import World


@pytest.fixture
def world(db: Database, school: UUID) -> World:
    return World.build(db, school)
