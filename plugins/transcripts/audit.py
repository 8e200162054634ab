"""What the module records in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.sdk import AuditAction, AuditTarget, Context, Message, _
from core.sdk.audit import uuids
from core.sdk.people import Person

from .access import READ, SIGNERS
from .models import Signer, SigningAccount, SigningTransaction, YearRecord


def _reason(detail: Mapping[str, Any]) -> Message | None:
    return _("Reason: %(reason)s", reason=detail["reason"]) if detail.get("reason") else None


def _records(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s transcripts", count=detail["records"])


def _count(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s signatures", count=detail["count"])


def _names_of_records(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = (
        select(YearRecord.id, Person.full_name, YearRecord.class_name, YearRecord.version)
        .join(Person, Person.id == YearRecord.learner_id)
        .where(YearRecord.school_id == ctx.school_id, YearRecord.id.in_(uuids(ids)))
    )
    return {str(row[0]): f"{row[1]} · {row[2]} · {row[3]}" for row in ctx.session.execute(wanted)}


def _orders(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = select(SigningTransaction.id, SigningTransaction.label, SigningTransaction.role).where(
        SigningTransaction.school_id == ctx.school_id, SigningTransaction.id.in_(uuids(ids))
    )
    return {str(row[0]): f"{row[1]} · {row[2]}" for row in ctx.session.execute(wanted)}


def _signers(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = (
        select(Signer.id, func.coalesce(Person.full_name, Signer.subject))
        .outerjoin(Person, Person.id == Signer.person_id)
        .where(Signer.school_id == ctx.school_id, Signer.id.in_(uuids(ids)))
    )
    return {str(row[0]): row[1] for row in ctx.session.execute(wanted)}


def _accounts(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
    wanted = select(SigningAccount.id, SigningAccount.label).where(
        SigningAccount.school_id == ctx.school_id, SigningAccount.id.in_(uuids(ids))
    )
    return {str(row[0]): row[1] for row in ctx.session.execute(wanted)}


ACTIONS = [
    AuditAction("transcripts.records.frozen", _("Transcripts made"), _records),
    AuditAction("transcripts.record.reopened", _("Transcript opened again"), _reason),
    AuditAction("transcripts.record.revoked", _("Transcript revoked"), _reason),
    AuditAction("transcripts.signing.started", _("Signing begun"), _count),
    AuditAction("transcripts.signed", _("Transcripts signed"), _count),
    AuditAction("transcripts.signing.wrong", _("Signatures refused that did not fit"), _count),
    AuditAction("transcripts.signing.ended", _("Signing ended")),
    AuditAction("transcripts.leader.named", _("Somebody named who confirms transcripts")),
    AuditAction("transcripts.leader.withdrawn", _("Somebody confirms transcripts no more")),
    AuditAction("transcripts.account.configured", _("Account of a signing service set up")),
    AuditAction("transcripts.signer.registered", _("Certificate of a signer registered")),
    AuditAction("transcripts.signer.withdrawn", _("Certificate of a signer withdrawn")),
]
TARGETS = [
    AuditTarget("transcripts_record", _("Transcript"), READ, _names_of_records, "transcripts.record_", "record_id"),
    AuditTarget("transcripts_order", _("Order of signatures"), READ, _orders),
    AuditTarget("transcripts_signer", _("Certificate of a signer"), SIGNERS, _signers),
    AuditTarget("transcripts_account", _("Account of a signing service"), SIGNERS, _accounts),
]
