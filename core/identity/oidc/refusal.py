"""Why a round through a provider ended: a code for the log, a sentence for the person, never what was sent."""

from __future__ import annotations

import logging
from typing import ClassVar

from core.types.errors import TruongError
from core.types.message import Message, _

log = logging.getLogger(__name__)
_AGAIN = _("Signing in there did not work. Please try once more, or sign in with your password.")
_TEXTS = {
    "access_denied": _("You stopped signing in there. Nothing was changed."),
    "round": _("This sign-in was begun in another window, has been used, or took too long. Please start again."),
    "level": _("This step needs a stronger proof than the provider gave."),
    "account": _("The account that this identity opens is locked. Please ask the school."),
    "tech_id": _("This identity has changed at its provider. Please ask the school office."),
    "elsewhere": _("This account opens other schools too. Please sign in with your password."),
    "set_up": _("Signing in with this provider is not set up correctly here. Please tell the school."),
}


class OidcRefused(TruongError):
    """The round is over. `reason` names the check that failed; it is logged, and tests compare it."""

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "external_sign_in_refused"

    def __init__(self, reason: str) -> None:
        text: Message = _TEXTS.get(reason.partition(":")[0], _AGAIN)
        super().__init__(text)
        self.reason = reason
        log.warning("a round through an identity provider was refused: %s", reason)
