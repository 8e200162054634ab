"""Sign-in names: an e-mail address, a phone number or a given name. Pure."""

from __future__ import annotations

import re
import unicodedata

from core.types.errors import Invalid
from core.types.message import _

_PHONE = re.compile(r"\+?[0-9][0-9 .\-()]{6,18}")
_LONGEST = 200
_NATIONAL_ID = re.compile(r"(?<![+\d])(\d{12})(?!\d)|^\d{9}$")
"""Twelve digits (CCCD), or nine alone (CMND): what proves a person is no name to be written on every page."""
_ALLOWED = re.compile(r"[\w.+\-@']{3,120}")


def normalise_login(text: str) -> str:
    """The form that is stored and compared: composed, lower case, Vietnamese phone numbers in E.164.

    >>> normalise_login(" 0912 345 678 ")
    '+84912345678'
    """
    plain = "".join(
        c for c in unicodedata.normalize("NFKC", text[:_LONGEST]).casefold() if c.isprintable() and c != " "
    )
    if _PHONE.fullmatch(text.strip()):
        digits = re.sub(r"[^0-9+]", "", plain)
        if digits.startswith("+"):
            return digits
        if digits.startswith("84") and len(digits) == 11:
            return f"+{digits}"
        if digits.startswith("0") and len(digits) == 10:
            return f"+84{digits[1:]}"
    return plain


def check_login(text: str) -> str:
    """The normalised login of a new account.

    Raises:
        Invalid: when it is too short, has other signs than a login has, or holds a national id.
    """
    login = normalise_login(text)
    if not _ALLOWED.fullmatch(login):
        wrong = _("Use an e-mail address, a phone number, or 3 to 120 letters and digits.")
        raise Invalid(_("This sign-in name cannot be used."), fields={"login": wrong})
    if _NATIONAL_ID.search(login):
        wrong = _("Do not use the number of an identity card. A phone number or an e-mail address is better.")
        raise Invalid(_("This sign-in name cannot be used."), fields={"login": wrong})
    return login
