"""The configured rails of a school."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps


class PaymentChannel(Identified, SchoolOwned, Timestamps, Base):
    """One rail of one school, such as its VNPay terminal or its bank account. Notices come in at its id."""

    __tablename__ = "core_payment_channel"
    __table_args__ = (
        CheckConstraint("fee_fixed >= 0 AND fee_per_mille BETWEEN 0 AND 1000", name="fee"),
        Index("ix_core_payment_channel_school", "school_id", "position"),
    )

    provider: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    """What payers read; empty means the provider's own label."""
    enabled: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=100)
    """The rail without a surcharge comes first (fees.md C10)."""
    fee_fixed: Mapped[int] = mapped_column(default=0)
    fee_per_mille: Mapped[int] = mapped_column(default=0)
    """What the rail costs the payer, told before choosing. Never part of the amount asked."""
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secrets: Mapped[str] = mapped_column(default="", info={"sealed": "'payment_channel:' || CAST(id AS text)"})
    """The secret fields of the configuration, encrypted as one text."""
    account: Mapped[str]
    """Ledger account that the money enters: `clearing:<provider>` or `bank:<account number>`."""
    rail: Mapped[str]
    """Where transaction numbers are unique: the provider, or `bank:<number>` for everything that sees the account."""
    merchant: Mapped[str] = mapped_column(default="")
    """Merchant code or account number that facts must name, where the channel is bound to one."""
