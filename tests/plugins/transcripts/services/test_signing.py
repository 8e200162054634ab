"""From results to the seal: one confirmation for many, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select

from core.sdk import Actor
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from plugins.transcripts.models import Move, SigningItem, Slot, YearRecord
from plugins.transcripts.rules.slots import Role
from plugins.transcripts.services import reading, signers, signing, steps
from plugins.transcripts.services.freezing import check_class, freeze_class
from plugins.transcripts.services.freezing.job import Correction
from plugins.transcripts.verify.verdict import Outcome
from plugins.transcripts.verify.verifier import Question, Verifier
from tests.plugins.transcripts import pki

from .conftest import Desk
from .provider import CODE


def _freeze(desk: Desk, **more: object) -> int:
    with desk.at(desk.office) as ctx:
        return freeze_class(ctx, desk.stage.klass, **more)  # type: ignore[arg-type]  # its keywords


def _confirm(desk: Desk, actor: Actor, role: Role, code: str = CODE) -> list[UUID]:
    """Sign everything that waits for somebody in a role, a confirmation a group."""
    with desk.at(actor) as ctx:
        keys = [one.key for one in signing.groups(ctx) if one.key.role is role and one.ready]
    orders = []
    for key in keys:
        with desk.at(actor) as ctx:
            orders.append(signing.start(ctx, key))
        signing.authorise(lambda: desk.at(actor), orders[-1], code)
    return orders


def _all(desk: Desk) -> None:
    _confirm(desk, desk.person(desk.stage.an), Role.SUBJECT)
    _confirm(desk, desk.person(desk.stage.binh), Role.SUBJECT)
    _confirm(desk, desk.person(desk.stage.an), Role.HOMEROOM)
    _confirm(desk, desk.person(desk.head), Role.PRINCIPAL)
    _confirm(desk, desk.office, Role.SEAL)


def _states(desk: Desk) -> list[str]:
    with desk.at(desk.office) as ctx:
        return [*ctx.session.scalars(select(YearRecord.state).order_by(YearRecord.learner_id, YearRecord.version))]


def _ids(desk: Desk) -> Sequence[UUID]:
    with desk.at(desk.office) as ctx:
        return ctx.session.scalars(select(YearRecord.id).order_by(YearRecord.learner_id)).all()


def test_the_whole_way(desk: Desk) -> None:
    with desk.at(desk.office) as ctx:
        assert [one for one in check_class(ctx, desk.stage.klass).found if one.blocks] == []
    assert _freeze(desk) == 4 and _freeze(desk) == 0, "what is there is not made twice"
    assert set(_states(desk)) == {"frozen"}
    _confirm(desk, desk.person(desk.stage.an), Role.SUBJECT)
    assert set(_states(desk)) == {"frozen"}, "literature is missing"
    orders = _confirm(desk, desk.person(desk.stage.binh), Role.SUBJECT)
    assert len(orders) == 1 and set(_states(desk)) == {"subjects_signed"}
    assert _confirm(desk, desk.person(desk.head), Role.PRINCIPAL) == [], "not before the homeroom teacher"
    _confirm(desk, desk.person(desk.stage.an), Role.HOMEROOM)
    _confirm(desk, desk.person(desk.head), Role.PRINCIPAL)
    _confirm(desk, desk.office, Role.SEAL)
    assert set(_states(desk)) == {"sealed"}
    assert desk.provider.begun == desk.provider.confirmed, "one confirmation a group"
    with desk.at(desk.office) as ctx:
        rows = ctx.session.scalars(select(YearRecord)).all()
        assert all(row.sealed_file_id and row.sealed_sha256 and len(row.token) == 22 for row in rows)
        signed = ctx.session.scalars(select(Slot.state)).all()
        assert set(signed) == {"signed"}
        verifier = Verifier(pki.anchors())
        signing_places = ctx.session.scalars(select(Slot.id).where(Slot.record_id == rows[0].id)).all()
        for row in rows:
            found = verifier.check(reading.file_of(ctx, row.id), Question(ctx.now())).verdict
            assert found.integrity is Outcome.VALID, found.findings
            assert {one.code for one in found.findings if one.outcome is Outcome.INVALID} == set()
            assert len(found.signers) == len(signing_places)
        told = ctx.session.scalars(select(Move.after).where(Move.record_id == rows[0].id).order_by(Move.id)).all()
        assert told[0] == "frozen" and told[-4:] == [
            "subjects_signed", "homeroom_signed", "principal_signed", "sealed",
        ]  # fmt: skip


def test_a_wrong_code_an_answer_that_is_lost_and_a_second_window(desk: Desk) -> None:
    _freeze(desk)
    binh = desk.person(desk.stage.binh)
    with desk.at(binh) as ctx:
        (group,) = signing.groups(ctx)
        order = signing.start(ctx, group.key)
    with desk.at(binh) as ctx:
        assert signing.start(ctx, group.key) == order, "a second window goes on with the first"
    signing.authorise(lambda: desk.at(binh), order, "0000")
    with desk.at(binh) as ctx:
        assert {line.state for line in signing.lines_of(ctx, order)} == {"waiting"}
    desk.provider.silent = 2
    signing.authorise(lambda: desk.at(binh), order, CODE)
    signing.poll(lambda: desk.at(binh), order)
    signing.authorise(lambda: desk.at(binh), order, CODE)
    signing.poll(lambda: desk.at(binh), order)
    with desk.at(binh) as ctx:
        assert {line.state for line in signing.lines_of(ctx, order)} == {"embedded"}
    assert (desk.provider.begun, desk.provider.confirmed) == (1, 1)
    with desk.at(desk.person(desk.stage.an)) as ctx, pytest.raises(NotFound):
        signing.start(ctx, group.key)


def test_part_of_an_order_is_resumed(desk: Desk) -> None:
    _freeze(desk)
    desk.provider.only_first = 1
    (order,) = _confirm(desk, desk.person(desk.stage.binh), Role.SUBJECT)
    with desk.at(desk.person(desk.stage.binh)) as ctx:
        assert sorted(line.state for line in signing.lines_of(ctx, order)) == ["embedded", *["waiting"] * 3]
    signing.poll(lambda: desk.at(desk.person(desk.stage.binh)), order)
    with desk.at(desk.person(desk.stage.binh)) as ctx:
        assert {line.state for line in signing.lines_of(ctx, order)} == {"embedded"}
    assert desk.provider.confirmed == 1


def test_what_does_not_verify_is_used_for_nothing(desk: Desk) -> None:
    _freeze(desk)
    desk.provider.wrong = True
    (order,) = _confirm(desk, desk.person(desk.stage.binh), Role.SUBJECT)
    with desk.at(desk.office) as ctx:
        assert {*ctx.session.scalars(select(SigningItem.state))} == {"wrong"}
        assert {*ctx.session.scalars(select(Slot.state))} == {"waiting"}
    desk.provider.wrong = False
    (again,) = _confirm(desk, desk.person(desk.stage.binh), Role.SUBJECT)
    assert again != order


def test_reopened_while_somebody_confirms(desk: Desk) -> None:
    _freeze(desk)
    binh = desk.person(desk.stage.binh)
    with desk.at(binh) as ctx:
        (group,) = signing.groups(ctx)
        order = signing.start(ctx, group.key)
    signing.begin(lambda: desk.at(binh), order)
    with desk.at(desk.office) as ctx, pytest.raises(Invalid):
        steps.reopen(ctx, _ids(desk)[:1], "")
    with desk.at(desk.office) as ctx:
        steps.reopen(ctx, _ids(desk)[:1], "Sửa điểm Toán")
    signing.authorise(lambda: desk.at(binh), order, CODE)
    with desk.at(binh) as ctx:
        assert sorted(line.state for line in signing.lines_of(ctx, order)) == ["embedded"] * 3 + ["stale"]
    assert _freeze(desk) == 1
    with desk.at(desk.office) as ctx:
        assert sorted(ctx.session.scalars(select(YearRecord.version))) == [1, 1, 1, 1, 2]


def test_a_correction_replaces_at_its_seal_and_not_before(desk: Desk) -> None:
    _freeze(desk)
    _all(desk)
    pupil = desk.stage.pupils[0]
    with desk.at(desk.office) as ctx, pytest.raises(Conflict):
        steps.reopen(ctx, _ids(desk)[:1], "quá muộn")
    assert _freeze(desk, only=[pupil], correction=Correction("Nhập nhầm điểm", "12/QĐ-THCS")) == 1
    with desk.at(desk.office) as ctx:
        rows = ctx.session.scalars(
            select(YearRecord).where(YearRecord.learner_id == pupil).order_by(YearRecord.version)
        ).all()
        assert [row.state for row in rows] == ["sealed", "frozen"]
        assert rows[1].replaces_sha256 == rows[0].sealed_sha256 and rows[1].decision == "12/QĐ-THCS"
    _all(desk)
    with desk.at(desk.office) as ctx:
        states = ctx.session.scalars(
            select(YearRecord.state).where(YearRecord.learner_id == pupil).order_by(YearRecord.version)
        ).all()
        assert states == ["replaced", "sealed"]
        steps.revoke(ctx, rows[1].id, "Học bạ cấp sai người", "15/QĐ-THCS")
    assert sorted(_states(desk)) == ["replaced", "revoked", "sealed", "sealed", "sealed"]
    assert _freeze(desk) == 1, "what was revoked can be made anew"


def test_who_may_not_sign_is_told_nothing(desk: Desk) -> None:
    _freeze(desk)
    stranger = desk.person(new_id())
    with desk.at(stranger) as ctx:
        assert signing.groups(ctx) == []
    with desk.at(desk.office) as ctx:
        signer = next(one for one in signers.signers(ctx) if one.person_id == desk.stage.binh)
        signers.withdraw(ctx, signer.id)
    with desk.at(desk.person(desk.stage.binh)) as ctx, pytest.raises(Conflict) as refused:
        signing.start(ctx, signing.groups(ctx)[0].key)
    assert refused.value.code == "no_certificate"
