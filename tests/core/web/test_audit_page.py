"""The record of changes in plain words."""

from __future__ import annotations

from uuid import UUID

from core import access, audit
from core.data.session import Database
from core.identity import accounts
from core.types.actor import Actor
from tests.conftest import SignIn


def _write(db: Database, school: UUID, who: Actor) -> None:
    with db.context(who, school) as ctx:
        account = accounts.create_account(ctx, "co.lan", "Cô <b>Lan</b>")
        access.grant(ctx, account, "accountant")
        audit.record(
            ctx,
            "finance.round.withdrawn",
            target=("finance_round", school),
            detail={"bills": 3, "reason": "Sai <i>giá</i>"},
        )
        audit.record(ctx, "gone.module.did", target=("gone", "x"))


def test_codes_are_said_in_words_with_reason_and_names(
    db: Database, school: UUID, system: Actor, sign_in: SignIn
) -> None:
    _write(db, school, system)
    page = sign_in(school, "head").get("/audit").text
    for words in ("Giao vai trò", "Kế toán", "Tạo tài khoản", "Thu hồi đợt thu", "Lý do: Sai &lt;i&gt;giá&lt;/i&gt;"):
        assert words in page
    assert "Cô &lt;b&gt;Lan&lt;/b&gt;" in page
    assert "không nhận ra" in page, "a code of a module that is gone stays readable"
    for raw in ("access.granted", "finance.round.withdrawn", "finance_round", "system:"):
        assert raw not in page
    assert "Role given" in sign_in(school, "head").get("/audit?lang=en").text


def test_areas_and_people_narrow_the_list(db: Database, school: UUID, system: Actor, sign_in: SignIn) -> None:
    _write(db, school, system)
    client = sign_in(school, "head")
    fees = client.get("/audit?area=finance").text
    assert "Thu hồi đợt thu" in fees
    assert "Tạo tài khoản" not in fees
    nobody = client.get(f"/audit?who={school}").text
    assert "Thu hồi đợt thu" not in nobody
    assert client.get("/audit?area=nonsense&who=nonsense&before=x").status_code == 200


def test_names_and_links_only_for_who_may_see_the_record(
    db: Database, school: UUID, system: Actor, sign_in: SignIn
) -> None:
    from core.people.services import create_person

    with db.context(system, school) as ctx:
        child = create_person(ctx, full_name="Nguyễn Bí Mật")
        audit.record(ctx, "learners.learner.changed", target=("learner", child))
    head = sign_in(school, "head").get("/audit").text
    assert f'href="/learners/{child}"' in head
    assert "Nguyễn Bí Mật" in head
    operator = sign_in(school, "operator").get("/audit").text
    assert "Sửa hồ sơ học sinh" in operator
    assert "Nguyễn Bí Mật" not in operator
    assert str(child) not in operator


def test_another_school_is_not_in_it(
    db: Database, school: UUID, other_school: UUID, system: Actor, sign_in: SignIn
) -> None:
    _write(db, other_school, system)
    assert "Thu hồi đợt thu" not in sign_in(school, "head").get("/audit").text
