"""The first argument of every service: in which transaction, for which school, by whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.types.actor import Actor
from core.types.clock import Clock, utc_now
from core.types.errors import Forbidden, StepUp

FRESH = timedelta(minutes=10)
"""How long a proof of identity counts for sensitive steps."""


@dataclass(frozen=True, slots=True)
class Context:
    """Explicit surroundings of a use case. Services never commit: who made the context owns the transaction."""

    session: Session
    actor: Actor
    school: UUID | None
    clock: Clock = utc_now

    @property
    def school_id(self) -> UUID:
        """The school of this context; asking for it in a context over all schools is a mistake of the program."""
        if self.school is None:
            raise RuntimeError("this context is not inside a school")
        return self.school

    def now(self) -> datetime:
        return self.clock()

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless the actor holds the permission."""
        if not self.actor.has(permission):
            raise Forbidden(permission)

    def require_fresh(self, within: timedelta = FRESH) -> None:
        """For sensitive steps: let pass only who has lately proved who they are (password, factor, passkey).

        The program itself passes. On a page the person is asked, and the step goes on with all that was sent.

        Raises:
            StepUp: otherwise.
        """
        if self.actor.kind == "system":
            return
        proved = self.actor.proved_at
        if proved is None or proved + within < self.now():
            raise StepUp
