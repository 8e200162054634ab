"""The errors that services raise; the web layer knows how to show each of them, nobody else needs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from .message import Message, _


class TruongError(Exception):
    """A refusal that a person can understand.

    `code` is stable and machine-readable (it appears in problem+json); `message` is for people.
    """

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "error"

    def __init__(self, message: Message, *, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code or self.default_code


class Invalid(TruongError):
    """The input breaks a rule. `fields` maps a field name to what is wrong with it."""

    status = 422
    default_code = "invalid"

    def __init__(
        self, message: Message, *, fields: Mapping[str, Message] | None = None, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.fields: dict[str, Message] = dict(fields or {})


class NotAuthenticated(TruongError):
    status = 401
    default_code = "not_authenticated"

    def __init__(self) -> None:
        super().__init__(_("Please sign in first."))


class Forbidden(TruongError):
    status = 403
    default_code = "forbidden"

    def __init__(self, permission: str | None = None) -> None:
        super().__init__(_("Your account may not do this."))
        self.permission = permission


class StepUp(TruongError):
    """A sensitive step by somebody whose last proof lies too far back. Pages ask for it and go on; programs cannot."""

    status = 403
    default_code = "step_up"

    def __init__(self) -> None:
        super().__init__(_("Please prove once more that it is you; then this step goes on."))


class AssuranceNeeded(TruongError):
    """A step for people whom a provider of identities knows more surely. Pages show the way there."""

    status = 403
    default_code = "assurance"

    def __init__(self, level: int) -> None:
        super().__init__(_("This step needs a stronger proof of who you are."))
        self.level = level


class NotFound(TruongError):
    """Not there, or not there for this reader: the two are never told apart."""

    status = 404
    default_code = "not_found"

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or _("This record does not exist here."))


class Conflict(TruongError):
    """The record is not in a state that allows the step."""

    status = 409
    default_code = "conflict"


class PreconditionFailed(TruongError):
    """Somebody changed the record since it was read (If-Match, RFC 9110 section 13.1.1)."""

    status = 412
    default_code = "precondition_failed"


class Unavailable(TruongError):
    """A part that this step needs does not answer; nothing was changed."""

    status = 503
    default_code = "unavailable"
