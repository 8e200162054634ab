"""Who is told about a child, and who sees its pages: separated parents, a restraining order, a grandmother who pays."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from core.sdk import Context
from core.sdk.notify import tell_families
from core.sdk.people import create_person, relate
from core.sdk.text import _
from plugins.attendance.models import Register
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import registers, requests
from plugins.attendance.services.registers import Key
from plugins.attendance.services.telling import tell
from plugins.learners.public import contacts
from plugins.learners.services.guardians import Rights, set_rights
from tests.conftest import SignIn

from .conftest import MONDAY, World

KINDS = ("attendance.absence.unexcused", "finance.bill.issued", "assessment.results.published", "core.emergency.opened")


@pytest.fixture(autouse=True)
def _now(app: Flask, world: World) -> None:
    app.extensions["truong"].clock = world.clock


def _guardian(ctx: Context, world: World, name: str, kind: str, rights: Rights) -> UUID:
    person = create_person(ctx, name)
    relate(ctx, person, world.pupils[0], kind)
    set_rights(ctx, world.pupils[0], person, rights)
    return person


def _told(ctx: Context) -> list[tuple[UUID, str]]:
    rows = ctx.session.execute(text("SELECT person_id, kind FROM core_message ORDER BY id"))
    return [(row.person_id, row.kind) for row in rows]


def test_each_guardian_is_told_and_sees_as_the_record_says(world: World, sign_in: SignIn) -> None:
    an = world.pupils[0]
    with world.by(world.system) as ctx:
        # Separated: the mother tells and is told; the father may look, and wants no messages. An order keeps a third
        # away altogether; the grandmother pays by the link on the bill and has no part in the record.
        set_rights(ctx, an, world.parent, Rights(True, True, True, has_custody=True))
        father = _guardian(ctx, world, "Nguyễn Văn Cha", "father", Rights(True, False, False, has_custody=False))
        barred = _guardian(ctx, world, "Lê Văn Cấm", "guardian", Rights(False, False, False, note="Quyết định 12/2026"))
        payer = _guardian(ctx, world, "Phạm Thị Bà", "guardian", Rights(False, False, True))
        assert [one.id for one in contacts(ctx, an)] == [world.parent]
        registers.save(ctx, Key(world.first, MONDAY, 1), {an: Value("unexcused")}, base=0)
        assert tell(ctx, ctx.session.scalars(Register.__table__.select().with_only_columns(Register.id)).one()) == 1
        for kind in KINDS[1:]:
            assert tell_families(ctx, [an], kind, _("Attendance"), _("Attendance")) == 1, kind
        leave = requests.report(ctx, an, first_day=MONDAY, last_day=MONDAY, reason="Cháu bị sốt")
        requests.decide(ctx, leave, accept=True)
        assert {person for person, _kind in _told(ctx)} == {world.parent}
        assert len(_told(ctx)) == len(KINDS) + 1
    paths = ("/attendance/family", f"/attendance/family/{an}/report", f"/learners/{an}", "/timetable/family")
    everybody = (world.parent, father, barred, payer)
    clients = {person: sign_in(world.school, "parent", person_id=person) for person in everybody}
    seen = {person: [clients[person].get(path) for path in paths] for person in everybody}
    for person in (world.parent, father):
        assert [answer.status_code for answer in seen[person]] == [200] * 4
        assert "Nguyễn Văn An" in seen[person][0].text
    for person in (barred, payer):
        assert [answer.status_code for answer in seen[person]] == [200, 404, 404, 200]
        assert not any("Nguyễn Văn An" in answer.text for answer in seen[person])


def test_the_stricter_of_two_relations_counts_and_a_second_child_is_another_matter(world: World) -> None:
    an, binh = world.pupils[:2]
    with world.by(world.system) as ctx:
        uncle = create_person(ctx, "Nguyễn Văn Chú")
        relate(ctx, uncle, an, "guardian")
        relate(ctx, uncle, an, "father", may_access=False)
        assert tell_families(ctx, [an], "x.y.z", _("Attendance"), _("Attendance")) == 1, "the mother only"
        relate(ctx, uncle, binh, "guardian")
        assert tell_families(ctx, [an, binh], "x.y.z", _("Attendance"), _("Attendance")) == 2, "about the other child"
