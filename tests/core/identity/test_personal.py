"""What the core holds on an account, read and erased as the web server does it: sessions lie outside the school."""

from __future__ import annotations

from uuid import UUID

from core.data.session import Database
from core.identity import personal
from core.people.services import create_person
from core.types.actor import Actor
from tests.conftest import SignIn


def test_devices_are_shown_and_their_sign_ins_end(db: Database, system: Actor, school: UUID, sign_in: SignIn) -> None:
    with db.context(system, school) as ctx:
        person = create_person(ctx, "Trần Văn Bố")
        assert personal.show(ctx, person) == []
        assert not personal.erase(ctx, person, True).erased
    client = sign_in(school, "parent", person_id=person)
    assert client.get("/account").status_code == 200
    with db.context(system, school) as ctx:
        account, used = personal.show(ctx, person)
        assert account.facts and used.facts
        assert personal.erase(ctx, person, False).erased
    assert client.get("/account").status_code == 200, "nothing was erased yet"
    with db.context(system, school) as ctx:
        personal.erase(ctx, person, True)
        assert len(personal.show(ctx, person)) == 1
    assert client.get("/account").status_code == 302, "signed out everywhere"
