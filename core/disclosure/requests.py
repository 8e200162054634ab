"""Requests for large or sensitive exports: asked with a reason, decided by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select

from core import audit, settings
from core.data.context import Context
from core.notify import services as notify
from core.types.data_classes import DATA_CLASSES, GUARDED
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import Message, _

from .access import APPROVE, DOWNLOADS, HOURS, LOG, REQUEST
from .models import ExportRequest, ExportTaken
from .people import watchers

SHORTEST_REASON = 10
KEPT_DRAFTS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its requester and the second person see it."""

    id: UUID
    account_id: UUID
    requester_name: str
    label: Message
    url: str
    persons: int
    data_classes: list[str]
    reason: str
    state: str
    created_at: datetime
    decided_at: datetime | None
    decider_name: str
    remark: str
    expires_at: datetime | None
    downloads: int

    @property
    def class_labels(self) -> list[Message]:
        return [label for name, label in DATA_CLASSES.items() if name in self.data_classes]

    @property
    def guarded_labels(self) -> list[Message]:
        return [label for name, label in DATA_CLASSES.items() if name in self.data_classes and name in GUARDED]


_REQUEST = (
    ExportRequest.id, ExportRequest.account_id, ExportRequest.requester_name, ExportRequest.label, ExportRequest.url,
    ExportRequest.persons, ExportRequest.data_classes, ExportRequest.reason, ExportRequest.state,
    ExportRequest.created_at, ExportRequest.decided_at, ExportRequest.decider_name, ExportRequest.remark,
    ExportRequest.expires_at, ExportRequest.downloads,
)  # fmt: skip


def _read(row: Sequence[Any]) -> Request:
    values = [*row]
    values[3] = Message.from_json(values[3])
    return Request(*values)


def _all(ctx: Context) -> Select[*tuple[Any, ...]]:
    return select(*_REQUEST).where(ExportRequest.school_id == ctx.school_id).order_by(ExportRequest.id.desc())


def request(ctx: Context, request_id: UUID) -> Request:
    """One request: one's own, or any that is not a draft for who may agree. Raises `NotFound`."""
    mine = ExportRequest.account_id == ctx.actor.account_id
    seen = or_(mine, ExportRequest.state != "draft") if ctx.actor.has(APPROVE) else mine
    row = ctx.session.execute(_all(ctx).where(ExportRequest.id == request_id, seen)).one_or_none()
    if row is None:
        raise NotFound
    return _read(tuple(row))


def own(ctx: Context, *, limit: int = 50) -> list[Request]:
    """The actor's own requests, newest first."""
    ctx.require(REQUEST)
    query = _all(ctx).where(ExportRequest.account_id == ctx.actor.account_id).limit(limit)
    return [_read(tuple(row)) for row in ctx.session.execute(query)]


def to_decide(ctx: Context) -> list[Request]:
    """Requests of others that wait for a second person."""
    ctx.require(APPROVE)
    query = _all(ctx).where(ExportRequest.state == "waiting", ExportRequest.account_id != ctx.actor.account_id)
    return [_read(tuple(row)) for row in ctx.session.execute(query.limit(100))]


def count_to_decide(ctx: Context) -> int:
    """How many wait for the actor."""
    query = select(func.count()).select_from(ExportRequest).where(
        ExportRequest.school_id == ctx.school_id, ExportRequest.state == "waiting",
        ExportRequest.account_id != ctx.actor.account_id,
    )  # fmt: skip
    return ctx.session.execute(query).scalar_one()


def send(ctx: Context, request_id: UUID, reason: str) -> None:
    """Send one's draft to those who may agree.

    Raises:
        Invalid: no reason. NotFound: not one's own. Conflict: it was sent already.
    """
    ctx.require(REQUEST)
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        wanted = _("Say what the list is needed for and who gets it.")
        raise Invalid(_("Please check the marked fields."), fields={"reason": wanted})
    found = _locked(ctx, request_id)
    if found.account_id != ctx.actor.account_id:
        raise NotFound
    if found.state != "draft":
        raise Conflict(_("This request was sent already."))
    found.state, found.reason, found.created_at = "waiting", said, ctx.now()
    detail = {"list": Message.from_json(found.label), "persons": found.persons, "reason": said}
    audit.record(ctx, "access.export_requested", target=("export", request_id), detail=detail)
    notify.tell_accounts(
        ctx, watchers(ctx), "core.export.requested", _("A list waits for your agreement"),
        _("%(name)s asks to take out data of %(count)s persons.", name=ctx.actor.name, count=found.persons),
        url=f"/exports/{request_id}", key=f"export {request_id}",
    )  # fmt: skip


def decide(ctx: Context, request_id: UUID, *, agreed: bool, remark: str = "") -> None:
    """Agree to somebody else's request, or refuse it.

    Raises:
        Forbidden: without `core.exports.approve`, or it is the decider's own request, from whatever account.
        Invalid: a refusal without a remark. NotFound: no such request. Conflict: it is decided already.
    """
    ctx.require(APPROVE)
    said = " ".join(remark.split())
    found = _locked(ctx, request_id)
    if found.state == "draft":
        raise NotFound
    same = found.person_id is not None and found.person_id == ctx.actor.person_id
    if same or ctx.actor.account_id is None or found.account_id == ctx.actor.account_id:
        raise Forbidden(APPROVE)
    if found.state != "waiting":
        raise Conflict(_("This request is decided already."))
    if not agreed and not said:
        raise Invalid(_("Please check the marked fields."), fields={"remark": _("Say why not.")})
    found.state = "approved" if agreed else "refused"
    found.decided_at, found.decided_by, found.decider_name = ctx.now(), ctx.actor.account_id, ctx.actor.name
    found.remark = said
    found.expires_at = ctx.now() + timedelta(hours=int(settings.get(ctx, HOURS.key))) if agreed else None
    action = "access.export_agreed" if agreed else "access.export_refused"
    audit.record(ctx, action, target=("export", request_id), detail={"persons": found.persons, "remark": said})
    title = _("Your export was agreed to") if agreed else _("Your export was refused")
    text = _("Fetch the list while the link works.") if agreed else _("Read the reason and ask again if need be.")
    notify.tell_accounts(ctx, [found.account_id], "core.export.decided", title, text, url=f"/exports/{request_id}")


def fetchable(ctx: Context, found: Request) -> bool:
    """Whether the requester can still fetch the file."""
    if found.state != "approved" or found.expires_at is None or found.account_id != ctx.actor.account_id:
        return False
    return found.expires_at > ctx.now() and found.downloads < int(settings.get(ctx, DOWNLOADS.key))


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that left."""

    at: datetime
    taker_name: str
    label: Message
    persons: int
    data_classes: list[str]
    request_id: UUID | None


def taken(ctx: Context, *, limit: int = 100) -> list[Taken]:
    """The latest files with personal data that left the school. Raises `Forbidden` without `core.access.log`."""
    ctx.require(LOG)
    query = (
        select(ExportTaken.at, ExportTaken.taker_name, ExportTaken.label, ExportTaken.persons,
               ExportTaken.data_classes, ExportTaken.request_id)
        .where(ExportTaken.school_id == ctx.school_id)
        .order_by(ExportTaken.at.desc())
        .limit(limit)
    )  # fmt: skip
    return [Taken(row[0], row[1], Message.from_json(row[2]), *row[3:]) for row in ctx.session.execute(query)]


def forget_drafts(ctx: Context) -> None:
    """Delete requests that nobody has sent; for the scheduled task."""
    ctx.session.execute(
        delete(ExportRequest).where(ExportRequest.state == "draft", ExportRequest.created_at < ctx.now() - KEPT_DRAFTS)
    )


def _locked(ctx: Context, request_id: UUID) -> ExportRequest:
    query = select(ExportRequest).where(ExportRequest.school_id == ctx.school_id, ExportRequest.id == request_id)
    found = ctx.session.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def state_of(found: Request) -> tuple[str, Message]:
    """State and word of a request."""
    return {
        "draft": ("neutral", _("Not sent yet")),
        "waiting": ("wait", _("Waits for a second person")),
        "approved": ("ok", _("Agreed")),
        "refused": ("stop", _("Request refused")),
    }[found.state]
