"""Calendars to subscribe to: an address that is its own key, for one's own week or for a class."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Actor, Context, _
from core.sdk.access import children
from core.sdk.audit import record
from core.sdk.data import LOCAL_TZ, local_date, new_id
from core.sdk.errors import Forbidden, NotFound
from core.sdk.links import make_link, read_link
from core.sdk.school import current_year
from core.sdk.text import Translate
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import READ
from ..models import Feed
from ..rules.ical import Event, calendar
from .days import Days, Held, between, monday
from .frame import names

_KIND = "timetable.feed"
_WEEKS = 6
"""Weeks ahead that a calendar holds; programs fetch it again every few hours."""


def may_see_class(ctx: Context, class_id: UUID) -> bool:
    """Whether the actor's permission reaches a class: all, those one teaches or leads, those of one's children.

    Raises:
        NotFound: the school has no such class.
    """
    learners.class_of(ctx, class_id)
    if curriculum.may_class(ctx, READ, class_id):
        return True
    return ctx.actor.has(f"{READ}.own") and class_id in {line[1] for line in children_classes(ctx)}


def children_classes(ctx: Context) -> list[tuple[UUID, UUID, str]]:
    """One's own children and oneself with their present class: pupil, class, name of the pupil."""
    if not ctx.actor.has(f"{READ}.own"):
        raise Forbidden(READ)
    enrolled = learners.enrolled(ctx).subquery()
    own = _own(ctx)
    query = (
        select(enrolled.c.person_id, enrolled.c.class_id, enrolled.c.full_name)
        .where(enrolled.c.person_id.in_(own))
        .order_by(enrolled.c.sort_key)
    )
    return [(row[0], row[1], row[2]) for row in ctx.session.execute(query)]


def _own(ctx: Context) -> frozenset[UUID]:
    """One's own children and oneself, whatever else one may see."""
    return children(ctx) | ({ctx.actor.person_id} if ctx.actor.person_id else frozenset[UUID]())


def make(ctx: Context, *, class_id: UUID | None = None) -> str:
    """A new address: of a class that one sees, or of one's own week. It ends with the school year.

    Raises:
        NotFound: a class that one does not see, or who does not teach asks for their week.
    """
    if ctx.actor.account_id is None:
        raise Forbidden(READ)
    teacher = None
    if class_id is None:
        teacher = ctx.actor.person_id
        known = {line.id for line in curriculum.teachers(ctx)} if ctx.actor.has("curriculum.plan.read") else set()
        if teacher not in known:
            raise NotFound
    elif not may_see_class(ctx, class_id):
        raise NotFound
    reaches = None if class_id is None or ctx.actor.has(READ) else ctx.actor.person_id
    feed_id = new_id()
    ends = current_year(ctx).ends_on
    expires = datetime.combine(max(ends, local_date(ctx.now())) + timedelta(days=1), time(), LOCAL_TZ)
    ctx.session.add(
        Feed(id=feed_id, school_id=ctx.school_id, account_id=ctx.actor.account_id, teacher_id=teacher,
             class_id=class_id, person_id=reaches, expires_at=expires, withdrawn_at=None)
    )  # fmt: skip
    ctx.session.flush()
    record(ctx, "timetable.feed.made", target=("timetable_feed", feed_id))
    return make_link(_KIND, feed_id, expires)


def mine(ctx: Context) -> list[tuple[UUID, str, UUID | None]]:
    """One's own addresses that still hold: id, address, class."""
    query = select(Feed.id, Feed.class_id, Feed.expires_at).where(
        Feed.school_id == ctx.school_id, Feed.account_id == ctx.actor.account_id, Feed.withdrawn_at.is_(None),
        Feed.expires_at > ctx.now(),
    )  # fmt: skip
    rows = ctx.session.execute(query.order_by(Feed.id)).all()
    return [(row.id, make_link(_KIND, row.id, row.expires_at), row.class_id) for row in rows]


def withdraw(ctx: Context, feed_id: UUID) -> None:
    """End an address of one's own. Raises `NotFound`."""
    statement = (
        update(Feed)
        .where(
            Feed.school_id == ctx.school_id, Feed.id == feed_id, Feed.account_id == ctx.actor.account_id,
            Feed.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=ctx.now())
        .returning(Feed.id)
    )  # fmt: skip
    if ctx.session.scalar(statement) is None:
        raise NotFound
    record(ctx, "timetable.feed.withdrawn", target=("timetable_feed", feed_id))


def school_of_token(everywhere: Context, token: str) -> UUID:
    """The school of an address, from a context over all schools.

    Raises:
        NotFound: not made here, or withdrawn. LinkExpired: its year is over.
    """
    feed_id = read_link(_KIND, token, everywhere.now())
    found = select(Feed.school_id).where(Feed.id == feed_id, Feed.withdrawn_at.is_(None))
    school = everywhere.session.scalar(found)
    if school is None:
        raise NotFound
    return school


def content(ctx: Context, token: str, say: Translate) -> bytes:
    """The calendar of an address: from last week to six weeks ahead. Raises `NotFound`."""
    feed_id = read_link(_KIND, token, ctx.now())
    query = select(Feed.teacher_id, Feed.class_id, Feed.person_id).where(
        Feed.school_id == ctx.school_id, Feed.id == feed_id, Feed.withdrawn_at.is_(None)
    )
    feed = ctx.session.execute(query).one_or_none()
    if feed is None or not _still(ctx, feed.class_id, feed.person_id):
        raise NotFound
    first = monday(local_date(ctx.now())) - timedelta(days=7)
    found = between(ctx, first, first + timedelta(days=7 * (_WEEKS + 1) - 1))
    if feed.teacher_id:
        lessons = [lesson for lesson in found.of_teacher(feed.teacher_id) if lesson.state != "moved"]
        whose = names(ctx, [feed.teacher_id]).get(feed.teacher_id, "")
    else:
        lessons = [lesson for lesson in found.of_class(feed.class_id) if lesson.state != "moved"]
        whose = found.frame.classes.get(feed.class_id, "")
    title = _("Timetable of %(name)s", name=whose).render(say)
    events = [_event(found, lesson, feed.teacher_id) for lesson in lessons]
    return calendar(title, [event for event in events if event], stamp=ctx.now())


def _still(ctx: Context, class_id: UUID | None, person_id: UUID | None) -> bool:
    """Whether a person's children or lessons still reach the class: a court may have decided, a child may have left."""
    if class_id is None or person_id is None:
        return True
    rights = frozenset({f"{READ}.own", f"{READ}.{curriculum.TAUGHT}", f"curriculum.plan.read.{curriculum.TAUGHT}"})
    holder = Actor(kind="link", name=ctx.actor.name, person_id=person_id, permissions=rights)
    return may_see_class(Context(ctx.session, holder, ctx.school, ctx.clock), class_id)


def _event(found: Days, lesson: Held, teacher: UUID | None) -> Event | None:
    if lesson.period > len(found.frame.hours.periods):
        return None
    period = found.frame.hours.periods[lesson.period - 1]
    course = found.frame.courses.get(lesson.course)
    subject = course.name_vi if course else ""
    whom = found.frame.classes.get(lesson.class_id, "") if teacher else found.frame.teacher_name(lesson.teacher)
    gone = lesson.state == "cancelled" or bool(teacher and lesson.teacher != teacher)
    return Event(
        f"{lesson.lesson}-{lesson.day:%Y%m%d}{'-m' if lesson.state == 'moved_here' else ''}@truong",
        _at(lesson, period.starts), _at(lesson, period.ends), " - ".join(p for p in (subject, whom) if p), lesson.room,
        lesson.note, gone,
    )  # fmt: skip


def _at(lesson: Held, text: str) -> datetime:
    return datetime.combine(lesson.day, time.fromisoformat(text), LOCAL_TZ)
