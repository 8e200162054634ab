"""Every page and endpoint of the timetable, for people who have no business with the class or the teacher."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from core.data.session import Database
from core.people.services import create_person, relate
from core.sdk import Actor
from core.sdk.data import local_date
from plugins.curriculum.services import teachers
from plugins.learners.services.learners import create_learner
from plugins.timetable.services import absences, editing, rooms
from tests.conftest import SignIn
from tests.plugins import walking

from .conftest import Stand

VIEWS = ("timetable.", "timetable_feed.", "api-timetable.")
OF_TEACHERS = {
    "timetable.index": "one's own classes",
    "timetable.mine": "one's own week",
    "timetable.make_feed": "of one's own week",
    "api-timetable.list_periods": "the hours of the school",
}
OF_PARENTS = {
    "timetable.index": "no class of theirs, no table",
    "timetable.family": "the class of one's own child",
    "timetable.make_feed": "who does not teach names a class that they see",
    "api-timetable.list_periods": "the hours of the school",
}


def test_nobody_walks_in(
    app: Flask, db: Database, system: Actor, stand: Stand, other_school: UUID, sign_in: SignIn
) -> None:
    with db.context(system, stand.school) as ctx:
        stranger, mother = create_person(ctx, "Đỗ Thị Lạ"), create_person(ctx, "Mai Thị Khác")
        teachers.make_teacher(ctx, stranger)
        relate(ctx, mother, create_learner(ctx, {"hovaten": "Nguyễn Thị Con"}), "mother")
        room = rooms.save(ctx, None, name="Phòng bí mật")
        lesson = next(o for o in editing.opened(ctx, stand.version)[1].lessons if o.kind == "lesson" and o.teacher)
        today = local_date(ctx.now())
        away = absences.enter(ctx, lesson.teacher, today, today, "sick", tell=False)  # type: ignore[arg-type]
        secret = editing.opened(ctx, stand.version)[0].teacher_name(lesson.teacher)
    gone = UUID(int=7)
    about = {
        "version_id": stand.version, "class_id": stand.classes["6A1"], "lesson_id": lesson.id, "room_id": room,
        "teacher_id": lesson.teacher, "absence_id": away, "change_id": gone, "import_id": gone, "run_id": gone,
        "feed_id": gone, "subject_id": lesson.subject_id, "token": "A" * 48, "filename": "timetable.css",
    }  # fmt: skip
    bodies = {"api-timetable.post_substitute": {"day": today.isoformat(), "teacher_id": str(stranger)}}
    found = [step for step in walking.steps(app, VIEWS, about, bodies) if not step.endpoint.endswith(".static")]
    assert len(found) > 40
    foreign = {
        "teacher": (sign_in(stand.school, "teacher", person_id=stranger), OF_TEACHERS),
        "parent": (sign_in(stand.school, "parent", person_id=mother), OF_PARENTS),
        "accountant": (sign_in(stand.school, "accountant"), {}),
    }
    for who, (client, own) in foreign.items():
        assert walking.open_doors(client, found, own, (secret, "bí mật")) == [], who
    elsewhere = sign_in(other_school, "head", "office")
    named = {step.endpoint: "their own school's" for step in found if about.keys().isdisjoint(_arguments(app, step))}
    assert walking.open_doors(elsewhere, found, named, (secret, "bí mật")) == []
    nobody = app.test_client()
    for step in found:
        code, shown = walking.status(nobody, step)
        assert code in (302, 303, 401, 403) or (step.endpoint.startswith("timetable_feed.") and code == 404), step
        assert secret not in shown, step


def _arguments(app: Flask, step: walking.Step) -> set[str]:
    return {name for rule in app.url_map.iter_rules(step.endpoint) for name in rule.arguments}
