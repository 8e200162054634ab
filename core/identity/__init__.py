"""Accounts, sign-in, sessions and signed links."""

from __future__ import annotations

from .accounts import (
    AccountRow,
    accounts_of_school,
    create_account,
    find_account,
    link_person,
    set_active,
    set_password,
)
from .links import LinkExpired, make_link, read_link
from .sessions import (
    OpenSession,
    SignedIn,
    resolve,
    revoke_session,
    sessions_of,
    sign_out,
    switch_school,
)
from .signin import SignedInNow, SignInRefused, TooManyAttempts, change_password, sign_in

__all__ = [
    "AccountRow",
    "LinkExpired",
    "OpenSession",
    "SignInRefused",
    "SignedIn",
    "SignedInNow",
    "TooManyAttempts",
    "accounts_of_school",
    "change_password",
    "create_account",
    "find_account",
    "link_person",
    "make_link",
    "read_link",
    "resolve",
    "revoke_session",
    "sessions_of",
    "set_active",
    "set_password",
    "sign_in",
    "sign_out",
    "switch_school",
]
