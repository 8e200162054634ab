"""Looking for a person over the schools below an authority: who may, what is shown, what is kept."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from core import settings
from core.access.oversight import oversee
from core.audit.trail import latest
from core.data.session import Database
from core.kernel.registry import Registry
from core.people.everywhere import MOST, find_everywhere
from core.people.services import create_person
from core.school import organisations as org
from core.types.actor import Actor
from core.types.errors import Forbidden, Invalid
from tests.conftest import SignIn

FINDER = Actor("account", "Chị Hà", permissions=frozenset({"core.people.find"}))


def _names(db: Database, system: Actor, school: UUID, *names: str) -> None:
    with db.context(system, school) as ctx:
        for name in names:
            create_person(ctx, name, birth_date=date(2014, 3, 5))


def test_words_in_any_order_with_an_open_end(db: Database, system: Actor, school: UUID, other_school: UUID) -> None:
    _names(db, system, school, "Nguyễn Thị Lan Anh", "Đỗ Văn Đức", "O'Neil Anh")
    _names(db, system, other_school, "Nguyễn Thị Lan Ánh")
    with db.all_schools(FINDER) as ctx:

        def found(words: str, *schools: UUID) -> list[str]:
            return [one.full_name for one in find_everywhere(ctx, words, schools or [school, other_school])]

        assert found("lan nguyen") == ["Nguyễn Thị Lan Anh", "Nguyễn Thị Lan Ánh"]
        assert found("NGUYỄN an") == found("nguyen an") == ["Nguyễn Thị Lan Anh", "Nguyễn Thị Lan Ánh"]
        assert found("nguyen anh", other_school) == ["Nguyễn Thị Lan Ánh"], "only where one may look"
        assert found("guyen anh") == [] and found("do duc") == ["Đỗ Văn Đức"]
        assert found("anh o'neil") == ["O'Neil Anh"] and found("a' | b\\") == [] and found("!x &:* y") == []
        for words in ("", "nguyen", "   "):
            with pytest.raises(Invalid):
                found(words)
    with db.all_schools(Actor("account", "Ai")) as ctx, pytest.raises(Forbidden):
        find_everywhere(ctx, "nguyen anh", [school])


def test_an_index_serves_it_and_the_lists_of_a_school_leave_it_alone(db: Database, system: Actor, school: UUID) -> None:
    _names(db, system, school, "Trần An")
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("SET LOCAL enable_seqscan = off"))
        where = (
            "array_to_tsvector(array_remove(string_to_array(search_text, ' '), '')) @@ '''tran'' & ''an'':*'::tsquery"
        )
        plan = "\n".join(ctx.session.scalars(text(f"EXPLAIN SELECT id FROM core_person WHERE {where}")))  # noqa: S608
        assert "ix_core_person_words" in plan
        assert MOST == 50


def test_the_page_needs_the_switch_the_authority_and_a_reason(
    db: Database, system: Actor, registry: Registry, school: UUID, other_school: UUID, sign_in: SignIn
) -> None:
    client = sign_in(None, name="Chị Hà")
    _names(db, system, school, "Nguyễn Thị Lan")
    _names(db, system, other_school, "Nguyễn Hữu Lan")
    with db.all_schools(system) as ctx:
        ministry = org.add_organisation(ctx, code="BGDDT", name="Bộ Giáo dục và Đào tạo", kind="ministry")
        hanoi, danang = (
            org.add_organisation(ctx, code=code, name=f"Sở {code}", kind="department", parent_id=ministry)
            for code in ("01", "48")
        )
        org.place_school(ctx, school, hanoi)
        org.place_school(ctx, other_school, danang)
        oversee(ctx, client.account_id, hanoi)  # type: ignore[attr-defined]
    form = {"csrf_token": client.csrf, "q": "nguyen lan", "reason": "Xác minh chuyển trường"}  # type: ignore[attr-defined]
    assert client.post("/oversight/people", data=form).status_code == 403, "switched off"
    with db.all_schools(system) as ctx:
        settings.put(ctx, "core.find_people", True)
    assert client.get("/oversight/people").status_code == 200
    assert client.post("/oversight/people", data={**form, "reason": " "}).status_code == 422
    shown = client.post("/oversight/people", data=form).get_data(as_text=True)
    assert "Nguyễn Thị Lan" in shown and "Nguyễn Hữu Lan" not in shown and "2014" in shown and "05/03" not in shown
    assert "/oversight/people" in client.get("/oversight").get_data(as_text=True)
    with db.all_schools(system) as ctx:
        kept = [dict(one.detail) for one in latest(ctx, areas=["people"])]
    assert kept == [{"words": "nguyen lan", "reason": "Xác minh chuyển trường", "count": 1}]
    for role in ("head", "office", "teacher", "parent"):
        assert sign_in(school, role).get("/oversight/people").status_code == 403, role
