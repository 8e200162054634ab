"""Pages of the timetable and of attendance in a real Chromium: axe, nothing too wide on a phone."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from core.data.session import Database
from core.sdk import Actor
from core.sdk.data import local_date
from core.sdk.people import create_person, relate
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import registers, requests
from plugins.attendance.services.registers import Key
from plugins.timetable.rules.solver.answers import Impossible, Reason
from plugins.timetable.services import absences, days, editing, making, rooms, versions
from plugins.timetable.services.frame import frame
from plugins.timetable.services.substitutions import propose
from tests.accessibility import violations
from tests.conftest import SignIn
from tests.plugins.finance.conftest import add_pupils

from .conftest import Stand

pytestmark = pytest.mark.browser
Place = tuple[str, str]
"""Who opens it, and the path."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def people(db: Database, system: Actor, stand: Stand, sign_in: SignIn) -> tuple[dict[str, str], list[Place]]:
    """Cookies of the office, a teacher with a substitution and a mother; and the pages that they look at."""
    class_id = stand.classes["6A1"]
    with db.context(system, stand.school) as ctx:
        pupils = add_pupils(ctx, [(f"HS{n}", f"Nguyễn Thị Phương {n}", class_id) for n in range(6)])
        mother = create_person(ctx, "Trần Thị Mẹ")
        relate(ctx, mother, pupils[0], "mother")
        today = local_date(ctx.now())
        day = days.monday(today) + timedelta(days=7)
        room = rooms.save(ctx, None, name="A1", kind="hall", capacity=45)
        draft = versions.copy(ctx, stand.version, "Nháp học kỳ II")
        lesson = next(o for o in editing.opened(ctx, draft)[1].lessons if o.kind == "lesson" and o.teacher)
        editing.describe(ctx, draft, lesson.id, revision=1, room="A1", teacher_id=None, fixed=False)
        homeroom = days.between(ctx, day, day).frame.homerooms[class_id]
        held = [o for o in days.between(ctx, day, day).lessons if o.kind == "lesson"]
        away = next(o.teacher for o in held if o.teacher != homeroom and o.teacher)
        absences.enter(ctx, away, day, day + timedelta(days=1), "sick", tell=False)
        first = next(p for p in propose(ctx, day, day) if p.candidates)
        substitute = first.candidates[0].teacher
        absences.substitute(ctx, first.lesson.lesson, day, substitute, tell=False)
        requests.report(ctx, pupils[0], first_day=today, last_day=today + timedelta(days=2), reason="Cháu bị sốt")
        marks = {pupils[1]: Value("unexcused"), pupils[2]: Value("late", 10)}
        registers.save(ctx, Key(class_id, today, 1), marks, base=0)
        run = making.start(ctx, None, "Thử", seconds=15)
        making.keep(ctx, run, "Thử", making.wanted(ctx, frame(ctx), None), _impossible(class_id, away))
    signed = {
        "office": sign_in(stand.school, "office"),
        "teacher": sign_in(stand.school, "teacher", person_id=substitute),
        "parent": sign_in(stand.school, "parent", person_id=mother),
    }
    cookies = {who: client.get_cookie("truong_session").value for who, client in signed.items()}  # type: ignore[union-attr]
    edit, register = f"/timetable/versions/{draft}", f"/attendance/classes/{class_id}"
    office = [
        f"/timetable/?by=teacher&day={day}", f"/timetable/?by=room&of={room}",
        "/timetable/versions", edit, f"/timetable/versions/{stand.version}", f"{edit}/classes/{class_id}",
        f"{edit}/lessons/{lesson.id}", "/timetable/setup", f"/timetable/setup/teachers/{away}", "/timetable/rooms",
        f"/timetable/rooms/{room}", "/timetable/make", f"/timetable/make/{run}", "/timetable/imports",
        f"/timetable/substitutions?day={day}", "/timetable/substitutions/totals",
        "/attendance/", "/attendance/requests", f"{register}/{today}/1?period=2", f"{register}/month",
        f"{register}/totals", f"/learners/{pupils[0]}?tab=attendance",
    ]  # fmt: skip
    teacher = [f"/timetable/mine?day={day}", "/", "/attendance/"]
    parent = [f"/timetable/family?day={day}", "/attendance/family", f"/attendance/family/{pupils[0]}/report", "/"]
    places = [("office", path) for path in office] + [("teacher", path) for path in teacher]
    return cookies, places + [("parent", path) for path in parent]


def _impossible(class_id: UUID, teacher: UUID) -> Impossible:
    return Impossible((Reason("class_full", class_id, 31, 30), Reason("teacher_days", teacher, 18, 3)), 2.5)


@contextmanager
def opened(chromium: Browser, base: str, cookie: str, width: int, theme: str) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", bypass_csp=True, base_url=base
    )
    context.set_default_timeout(20_000)
    named = {"truong_session": cookie, "theme": theme}
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in named.items()])
    yield context.new_page()
    context.close()


@pytest.mark.soak
def test_all_pages_are_accessible_and_fit(
    chromium: Browser, base: str, people: tuple[dict[str, str], list[Place]]
) -> None:
    """One test for all: making the school takes longer than looking at a page."""
    cookies, places = people
    wrong: list[str] = []
    for who, cookie in cookies.items():
        with opened(chromium, base, cookie, 390, "dark") as page:
            for path in (path for one, path in places if one == who):
                answer = page.goto(path)
                if answer is None or answer.status != 200:
                    wrong.append(f"{who} {path}: {answer and answer.status}")
                    continue
                wrong += [f"{who} {path}: {rule}" for rule in violations(page)]
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > 390:
                    wrong.append(f"{who} {path}: {wide} wide")
    assert not wrong, "\n".join(wrong)
