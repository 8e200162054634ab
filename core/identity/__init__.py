"""Accounts, sign-in, sessions and signed links."""

from __future__ import annotations

from .accounts import (
    AccountRow,
    account,
    accounts_of_school,
    count_accounts,
    create_account,
    find_account,
    link_person,
    set_active,
    set_password,
)
from .entry import SignedInNow
from .invitations import InvitationOver, Invited, accept, invite, invite_new, invited, open_invitation
from .links import LinkExpired, make_link, read_link
from .own_sessions import OpenSession, end_others, revoke_session, sessions_of, switch_school
from .sessions import SignedIn, resolve, sign_out
from .signin import SignInRefused, TooManyAttempts, change_password, sign_in

__all__ = [
    "AccountRow",
    "InvitationOver",
    "Invited",
    "LinkExpired",
    "OpenSession",
    "SignInRefused",
    "SignedIn",
    "SignedInNow",
    "TooManyAttempts",
    "accept",
    "account",
    "accounts_of_school",
    "change_password",
    "count_accounts",
    "create_account",
    "end_others",
    "find_account",
    "invite",
    "invite_new",
    "invited",
    "link_person",
    "make_link",
    "open_invitation",
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
