"""A clock that only moves when told, and a school with people who can sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher

from core import access, identity
from core.data.session import Database
from core.identity import passwords
from core.people.services import create_person
from core.types.actor import Actor

PASSWORD = "hoa-phượng-đỏ-2026"


@dataclass
class FakeClock:
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 1, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture(autouse=True)
def cheap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick hashes, but for tests that ask for the real ones: parametrize with `cheap` False."""
    if getattr(request, "param", True):
        hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", hasher)
        monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def lan(db: Database, school: UUID, system: Actor, clock: FakeClock) -> UUID:
    """Ms Lan, accountant of the school."""
    with db.context(system, school, clock=clock) as ctx:
        account = identity.create_account(ctx, "lan@example.vn", "Lê Thị Lan", password=PASSWORD)
        identity.link_person(ctx, account, create_person(ctx, "Lê Thị Lan"))
        access.grant(ctx, account, "accountant")
    return account
