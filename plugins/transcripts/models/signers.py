"""With what people sign: accounts at signing services, and the certificate that the school has registered for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

KINDS = ("person", "seal")


class SigningAccount(Identified, SchoolOwned, Timestamps, Base):
    """The account of the school, or of one signer, at a signing service."""

    __tablename__ = "transcripts_signing_account"
    __table_args__ = (UniqueConstraint("school_id", "id"),)

    provider: Mapped[str]
    label: Mapped[str]
    config: Mapped[dict[str, Any]]
    secrets: Mapped[str] = mapped_column(default="", info={"sealed": "'transcripts_account:' || CAST(id AS text)"})
    """The secret fields, sealed with the keys of the installation for this account alone."""
    active: Mapped[bool] = mapped_column(default=True)


class Signer(Identified, SchoolOwned, Base):
    """A certificate that counts as somebody's signature, or as the seal of the school, until it is withdrawn."""

    __tablename__ = "transcripts_signer"
    __table_args__ = (
        UniqueConstraint("school_id", "id"),
        ForeignKeyConstraint(
            ["school_id", "account_id"], ["transcripts_signing_account.school_id", "transcripts_signing_account.id"]
        ),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("(kind = 'person') = (person_id IS NOT NULL)", name="person"),
        Index(
            "uq_transcripts_signer_present", "school_id", "kind", "person_id", unique=True,
            postgresql_where=text("ended_at IS NULL"), postgresql_nulls_not_distinct=True,
        ),
        Index("ix_transcripts_signer_person", "person_id"),
        Index("ix_transcripts_signer_account", "school_id", "account_id"),
    )  # fmt: skip

    kind: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    account_id: Mapped[UUID]
    provider_user: Mapped[str] = mapped_column(default="")
    """Whom the service knows the signer as; shown to nobody else."""
    credential: Mapped[str]
    """The provider's name of the credential."""
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    """DER."""
    chain: Mapped[list[Any]]
    """Issuers as far as the provider knows them, DER in Base64."""
    sha256: Mapped[str]
    """Of the certificate, lower-case hexadecimal."""
    subject: Mapped[str]
    personal_id: Mapped[str] = mapped_column(default="")
    """`soddcn…`: the personal ID in the subject of the certificate."""
    max_batch: Mapped[int]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    registered_by: Mapped[str]
    registered_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
