"""Accounts, their persons at each school, sessions, counters of failures: all of the installation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, Timestamps


class Account(Identified, Timestamps, Base):
    """Somebody who can sign in; one account may reach several schools."""

    __tablename__ = "core_account"
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("state IN ('active', 'disabled')", name="state"),
    )

    login: Mapped[str]
    """E-mail, phone in E.164, or a given name, as `normalise_login` writes it."""
    name: Mapped[str]
    password_hash: Mapped[str | None]
    """Argon2id in PHC form; None until a password is set."""
    password_changed_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="active")
    locale: Mapped[str] = mapped_column(default="vi")
    failed_attempts: Mapped[int] = mapped_column(default=0)
    """Failures since the last success, told to the person then. Never used to lock the account."""
    last_sign_in_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(default="", server_default="")
    """Folded name and login."""
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), default="", server_default="")
    invitation_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The one invitation that is open; its link sets a password and empties this."""
    invited_until: Mapped[datetime | None]
    factor_due_at: Mapped[datetime | None]
    """Until when somebody who must have a second factor may go on without; None until that is first seen."""


class AccountPerson(Base):
    """Who the account is at one school. Children are reached from there by relations."""

    __tablename__ = "core_account_person"
    __table_args__ = (UniqueConstraint("school_id", "person_id"), Index("ix_core_account_person_whom", "person_id"))

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("core_school.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))


class AccountSession(Identified, Base):
    """A signed-in browser. Only the SHA-256 of its token is kept."""

    __tablename__ = "core_session"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_core_session_account", "account_id", "created_at"),
        CheckConstraint("stage IN ('open', 'factor', 'setup')", name="stage"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"))
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_school.id"))
    """The school that is being looked at."""
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    """To the minute: written at most once in 60 seconds."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    remote_addr: Mapped[str]
    user_agent: Mapped[str]
    stage: Mapped[str] = mapped_column(default="open", server_default="open")
    """`factor`: the password was right, the second factor is still to come; `setup`: one must be set up first. Only an
    open session reaches anything; the step to it makes a new session with another token."""
    proved_at: Mapped[datetime | None]
    """When its person last proved who they are; see `Context.require_fresh`."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Wrong second factors in this session; a few end it."""


class AccountNotice(Identified, Base):
    """Something about an account that its owner has to hear of at the next sign-in, such as a factor taken away."""

    __tablename__ = "core_account_notice"
    __table_args__ = (Index("ix_core_account_notice_account", "account_id", "at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"))
    code: Mapped[str]
    by_name: Mapped[str]
    """Who did it; empty for the owner."""
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class SignInCounter(Base):
    """Failures of one (account, network), one (account, device) or one network; see `throttle`."""

    __tablename__ = "core_sign_in_counter"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime]
