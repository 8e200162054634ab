"""Terms, holidays and sites of a school, and the frame of the Ministry."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from core.data.session import Database
from core.school import calendar, services, sites
from core.school.frames import FRAMES
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound


def test_the_frame_of_2026_is_35_weeks_and_ends_before_the_act_says() -> None:
    frame = FRAMES["2026-2027"]
    assert (frame.weeks, [term.weeks for term in frame.terms]) == (35, [18, 17])
    assert [term.ends_before for term in frame.terms] == [date(2027, 1, 18), date(2027, 5, 31)]
    for term in frame.terms:
        assert (term.ends_before - term.starts_on).days >= term.weeks * 7


def test_a_school_takes_the_frame_over_and_changes_it(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        year = services.current_year(ctx).id
        assert calendar.take_frame(ctx, year, {"Lunar New Year": "Tết Nguyên đán"})
        assert calendar.take_frame(ctx, year), "again: nothing doubles"
        assert [(term.number, term.ends_on) for term in calendar.terms(ctx, year)] == [
            (1, date(2027, 1, 17)),
            (2, date(2027, 5, 30)),
        ]
        assert [day.name for day in calendar.days(ctx, year)].count("Tết Nguyên đán") == 1
        calendar.add_day(ctx, year, kind="closed", name="Bão", starts_on=date(2026, 10, 12))
        calendar.add_day(ctx, year, kind="make_up", name="Học bù", starts_on=date(2026, 10, 17))
        off, made_up, plain = date(2026, 10, 12), date(2026, 10, 17), date(2026, 10, 13)
        assert [calendar.is_school_day(ctx, year, day) for day in (off, made_up, plain)] == [False, True, True]
        assert not calendar.is_school_day(ctx, year, date(2027, 2, 8)), "Tết"
        assert not calendar.is_school_day(ctx, year, date(2027, 6, 7)), "after the last term"
        tet = next(day.id for day in calendar.days(ctx, year) if day.name == "Tết Nguyên đán")
        calendar.remove_day(ctx, tet)
        with pytest.raises(NotFound):
            calendar.remove_day(ctx, tet)


def test_terms_that_cannot_be_are_refused_by_field(db: Database, school: UUID, system: Actor) -> None:
    first, second = (date(2026, 9, 7), date(2027, 1, 17)), (date(2027, 1, 18), date(2027, 5, 30))
    with db.context(system, school) as ctx:
        year = services.current_year(ctx).id
        for spans, field in (
            ([first, (date(2027, 1, 17), date(2027, 5, 30))], "term2"),
            ([(date(2026, 9, 7), date(2026, 9, 7)), second], "term1"),
            ([(date(2026, 7, 1), date(2027, 1, 17)), second], "term1"),
        ):
            with pytest.raises(Invalid) as refused:
                calendar.set_terms(ctx, year, spans)
            assert list(refused.value.fields or {}) == [field]
        calendar.set_terms(ctx, year, [first, second])
        with pytest.raises(Conflict):
            calendar.set_terms(ctx, year, [first])
        for kind, name, day in (("x", "a", "2026-10-01"), ("event", "", "2026-10-01"), ("event", "a", "2029-01-01")):
            with pytest.raises(Invalid):
                calendar.add_day(ctx, year, kind=kind, name=name, starts_on=date.fromisoformat(day))


def test_another_school_s_year_is_not_there(db: Database, school: UUID, other_school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        year = services.current_year(ctx).id
    with db.context(system, other_school) as ctx, pytest.raises(NotFound):
        calendar.add_day(ctx, year, kind="event", name="x", starts_on=date(2026, 10, 1))


def test_sites_one_is_the_main_one(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        main = sites.add_site(ctx, name="Điểm chính")
        small = sites.add_site(ctx, name="Điểm Bản Mây", address="Bản Mây")
        with pytest.raises(Conflict):
            sites.add_site(ctx, name="Điểm chính")
        with pytest.raises(Conflict):
            sites.close_site(ctx, main)
        sites.close_site(ctx, small)
        assert [(site.name, site.main, site.closed_on is None) for site in sites.sites(ctx)] == [
            ("Điểm chính", True, True),
            ("Điểm Bản Mây", False, False),
        ]
    with db.context(Actor("account", "Thầy Bình"), school) as ctx, pytest.raises(Forbidden):
        sites.add_site(ctx, name="x")
