"""People of the tests."""

from __future__ import annotations

from uuid import UUID

from core.access.models import Grant
from core.data.session import Database
from core.data.types import new_id
from core.identity.models import Account
from core.identity.sessions import SignedIn, open_session, resolve
from core.types.actor import system_actor
from core.types.clock import utc_now


def somebody(db: Database, school: UUID, role: str, *, name: str = "Nguyễn Thị Hoa", login: str = "") -> SignedIn:
    """A signed-in account with a role."""
    account_id = new_id()
    with db.all_schools(system_actor("test")) as ctx:
        ctx.session.add(
            Account(id=account_id, login=login or f"t-{account_id}", name=name, password_hash=None,
                    last_sign_in_at=None, password_changed_at=None)
        )  # fmt: skip
        ctx.session.flush()
        ctx.session.add(
            Grant(account_id=account_id, role=role, school_id=school, valid_from=utc_now(), valid_until=None,
                  granted_by=None)
        )  # fmt: skip
        ctx.session.flush()
        token = open_session(ctx, account_id, school, "127.0.0.1", "test")
    found = resolve(db, token)
    assert found is not None
    return found
