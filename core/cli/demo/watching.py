"""What waits for a second person in the demo: an emergency to review, and a list that somebody wants to take out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.data.replica import reading
from core.disclosure import emergency, exports, requests
from core.kernel.registry import Registry
from core.people.models import Person, Relation
from core.types.actor import Actor
from core.types.data_classes import GUARDED

_AGO = timedelta(hours=5)
_WHY = "Cháu ngất trong giờ thể dục, cần biết bệnh nền để gọi cấp cứu và báo gia đình"
_NEEDED = "Phường xin danh sách để xét hỗ trợ học kỳ I; gửi cán bộ phụ trách qua văn thư"


def make_watching(ctx: Context, registry: Registry, people: Mapping[str, Actor]) -> None:
    """A teacher has opened a record in an emergency, and the office asks for a list with sensitive columns."""
    then = ctx.now() - _AGO
    emergency.open_record(_by(ctx, people["teacher"], then), _some_child(ctx), _WHY)
    office = _by(ctx, people["office"], then)
    for report in registry.reports().values():
        classes = frozenset(report.data_classes)
        if classes & GUARDED and not report.parameters and office.actor.has(report.permission):
            with reading(office) as far:
                persons = sum(1 for _row in report.rows(far, {}))
            url = f"/reports/{report.name}?{urlencode({'format': 'xlsx'})}"
            draft = exports.leave(office, exports.Leaving(report.name, report.label, url, persons, classes))
            if draft is not None:
                requests.send(office, draft, _NEEDED)
            return


def _by(ctx: Context, actor: Actor, then: datetime) -> Context:
    return replace(ctx, actor=actor, clock=lambda: then)


def _some_child(ctx: Context) -> UUID:
    """The last of those who have somebody to be told."""
    query = select(Person.id).join(Relation, Relation.related_id == Person.id).order_by(Person.sort_key.desc())
    return ctx.session.execute(query.limit(1)).scalar_one()
