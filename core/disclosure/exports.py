"""Personal data leaving the school as a file: small lists at one click, large or sensitive ones with a second person.

Every way out asks `leave`. It counts what goes out against a quota, or keeps a draft of a request and says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import audit, settings
from core.data.context import Context
from core.data.types import LOCAL_TZ
from core.types.clock import local_date
from core.types.data_classes import GUARDED
from core.types.errors import Conflict, Forbidden
from core.types.ids import new_id
from core.types.message import Message, _

from .access import DOWNLOADS, QUOTA, THRESHOLD
from .disclosing import entry_of, note_many
from .models import ExportRequest, ExportTaken
from .purposes import EXPORT


@dataclass(frozen=True, slots=True)
class Leaving:
    """A list that is about to leave."""

    name: str
    """Of the exporter or report: `learners.list`."""
    label: Message
    url: str
    """Address of the file with the choices that were made, without the request's number."""
    persons: Collection[UUID] | int
    """Whose data are in it, or how many persons where they are not known by id."""
    data_classes: frozenset[str]
    """Classes of personal data in its columns."""

    @property
    def count(self) -> int:
        return self.persons if isinstance(self.persons, int) else len(self.persons)

    @property
    def guarded(self) -> frozenset[str]:
        return self.data_classes & GUARDED


def leave(ctx: Context, what: Leaving, request_id: UUID | None = None) -> UUID | None:
    """Let a list go, or keep a draft of the request that it needs.

    Whoever calls has checked the permission for the list itself.

    Args:
        request_id: a request of the actor that a second person has agreed to.

    Returns:
        None when the file may go, which is written down; else the draft that the actor has to complete.

    Raises:
        Conflict: the quota of the day is used up, or the request is over, used up or for something else.
    """
    if ctx.actor.kind == "system":
        return None
    account = ctx.actor.account_id
    if account is None:
        raise Forbidden
    if request_id is not None:
        _use(ctx, account, request_id, what)
    elif needs_second(ctx, what):
        return _draft(ctx, account, what)
    _count(ctx, account, what)
    _write_down(ctx, account, what, request_id)
    return None


def needs_second(ctx: Context, what: Leaving) -> bool:
    """Whether a second person has to agree: sensitive columns, or as many persons as the school's threshold."""
    return bool(what.data_classes) and (bool(what.guarded) or what.count >= int(settings.get(ctx, THRESHOLD.key)))


def taken_today(ctx: Context, account_id: UUID) -> int:
    """Persons whose data this account has taken out since midnight in Viet Nam."""
    midnight = datetime.combine(local_date(ctx.now()), time(), LOCAL_TZ)
    query = select(func.coalesce(func.sum(ExportTaken.persons), 0)).where(
        ExportTaken.school_id == ctx.school_id, ExportTaken.account_id == account_id, ExportTaken.at >= midnight
    )
    return int(ctx.session.execute(query).scalar_one())


def _count(ctx: Context, account: UUID, what: Leaving) -> None:
    # Two downloads of one account at once: the second waits here and then sees what the first has taken.
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"export {account}"})
    quota, taken = int(settings.get(ctx, QUOTA.key)), taken_today(ctx, account)
    if taken + what.count > quota:
        words = _("You have taken out data of %(taken)s persons today; %(quota)s are allowed in a day.",
                  taken=taken, quota=quota)  # fmt: skip
        raise Conflict(words, code="export_quota")


def _use(ctx: Context, account: UUID, request_id: UUID, what: Leaving) -> None:
    """Use an agreed request once. A list may have grown by a tenth since; more was not agreed to."""
    used = (
        update(ExportRequest)
        .where(
            ExportRequest.school_id == ctx.school_id,
            ExportRequest.id == request_id,
            ExportRequest.account_id == account,
            ExportRequest.state == "approved",
            ExportRequest.url == what.url,
            ExportRequest.name == what.name,
            ExportRequest.expires_at > ctx.now(),
            ExportRequest.downloads < int(settings.get(ctx, DOWNLOADS.key)),
        )
        .values(downloads=ExportRequest.downloads + 1)
        .returning(ExportRequest.persons, ExportRequest.data_classes)
    )
    found = ctx.session.execute(used).one_or_none()
    if found is None:
        raise Conflict(_("This export cannot be fetched any more. Ask for it again."), code="export_over")
    if what.count > found.persons * 1.1 + 1 or not what.data_classes <= set(found.data_classes):
        raise Conflict(_("The list has become larger than what was agreed to. Ask for it again."), code="export_grown")


def _draft(ctx: Context, account: UUID, what: Leaving) -> UUID:
    row = {
        "id": new_id(), "school_id": ctx.school_id, "account_id": account, "person_id": ctx.actor.person_id,
        "requester_name": ctx.actor.name, "name": what.name, "label": what.label.to_json(), "url": what.url,
        "persons": what.count, "data_classes": sorted(what.data_classes), "reason": "", "state": "draft",
        "created_at": ctx.now(), "decider_name": "", "remark": "", "downloads": 0,
    }  # fmt: skip
    fresh = {name: row[name] for name in ("persons", "data_classes", "label", "created_at", "name")}
    statement = insert(ExportRequest).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["account_id", "url"], index_where=text("state = 'draft'"), set_=fresh
    )
    return ctx.session.execute(statement.returning(ExportRequest.id)).scalar_one()


def _write_down(ctx: Context, account: UUID, what: Leaving, request_id: UUID | None) -> None:
    if not what.data_classes:
        return
    label, now = what.label.to_json(), ctx.now()
    taken_id = new_id()
    row = {
        "id": taken_id, "school_id": ctx.school_id, "account_id": account, "taker_name": ctx.actor.name,
        "name": what.name, "label": label, "persons": what.count, "data_classes": sorted(what.data_classes),
        "request_id": request_id, "at": now,
    }  # fmt: skip
    ctx.session.execute(insert(ExportTaken).values(row))
    detail = {"list": what.label, "persons": what.count, "classes": sorted(what.guarded)}
    audit.record(ctx, "access.exported", target=("export", request_id or taken_id), detail=detail)
    if request_id is not None and not isinstance(what.persons, int):
        reason = select(ExportRequest.reason).where(ExportRequest.id == request_id)
        note = ctx.session.execute(reason).scalar_one()
        entry = entry_of(ctx, visit_id=taken_id, how="export", purpose=EXPORT, note=note, place=what.label)
        note_many(ctx, what.persons, sorted(what.guarded) or ["identity"], entry)
