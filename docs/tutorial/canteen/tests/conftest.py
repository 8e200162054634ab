"""A real PostgreSQL with Truong and this plugin on it, and a class with pupils in the school."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.sdk import Actor
from core.sdk.testing.fixtures import *
from core.sdk.testing.fixtures import Database, Registry
from plugins.learners.public import classes, enrolled


@pytest.fixture
def pupils(db: Database, school: UUID, registry: Registry, system: Actor) -> list[UUID]:
    """Pupils of the first class, as a demo school has them."""
    with db.context(system, school) as ctx:
        for step in registry.demos():
            if step.name.startswith("learners"):
                step.run(ctx, {"pupils": 12, "level": "lower_secondary", "name": "Trường THCS Hoa Phượng"})
    with db.context(system, school) as ctx:
        first = ctx.session.execute(classes(ctx)).first()
        assert first is not None
        return [row.person_id for row in ctx.session.execute(enrolled(ctx)) if row.class_id == first.class_id]
