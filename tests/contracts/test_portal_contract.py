"""The contract suite of public services: an honest one passes, each planted fault is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy.exc import InvalidRequestError

from core.data.session import Database
from core.sdk import Actor, Context, Message, _
from core.sdk.portal import (
    ALLOWED,
    Dossier,
    DossierState,
    FormItem,
    PortalService,
    ResultKind,
    Step,
    form_problems,
    may_move,
    step_problems,
)
from core.sdk.testing.portal import PortalServiceContract, make_dossier

S = DossierState
ANSWERS = {"pupil_code": "HS0001", "reason": "move", "paper": str(UUID(int=5)), "phone": "+84900000001"}


def accept(ctx: Context, dossier: Dossier) -> Step | None:
    """Everything that is complete is accepted."""
    return Step(S.ACCEPTED, _("Cancel"))


def issue(ctx: Context, dossier: Dossier) -> Step | None:
    """A certificate, the same one however often it is asked for."""
    if not dossier.answers["pupil_code"]:
        return None if dossier.supplements else Step(S.SUPPLEMENT, _("Cancel"))
    return Step(S.DONE, _("Cancel"), results={"certificate": uuid5(dossier.id, "certificate")})


def problems(ctx: Context, answers: Mapping[str, str]) -> Mapping[str, Message]:
    return {} if answers.get("pupil_code", "").startswith("HS") else {"pupil_code": _("Please fill this in.")}


SERVICE = PortalService(
    name="learners.certificate",
    label=_("Cancel"),
    description=_("Cancel"),
    form=(
        FormItem("pupil_code", _("Cancel")),
        FormItem("reason", _("Cancel"), "choice", choices=(("move", _("Cancel")), ("other", _("Cancel")))),
        FormItem("paper", _("Cancel"), "file"),
        FormItem("phone", _("Cancel"), "phone", required=False),
    ),
    handlers={S.NEW: accept, S.ACCEPTED: issue},
    check=problems,
    results=(ResultKind("certificate", _("Cancel")),),
    working_days=2,
)


class TestCertificate(PortalServiceContract):
    @pytest.fixture
    def service(self) -> PortalService:
        return SERVICE

    @pytest.fixture
    def answers(self) -> Mapping[str, str]:
        return ANSWERS


def with_handler(state: DossierState, handler: Callable[[Context, Dossier], Step | None]) -> PortalService:
    return replace(SERVICE, handlers={**SERVICE.handlers, state: handler})


def commit(ctx: Context, dossier: Dossier) -> Step | None:
    ctx.session.get_transaction().commit()  # type: ignore[union-attr]
    return None


def fail(ctx: Context, answers: Mapping[str, str]) -> Mapping[str, Message]:
    return {"pupil_code": _("Cancel")} if int(answers["pupil_code"][2:]) > 10 else {}


Suite = PortalServiceContract
Check = Callable[[PortalServiceContract, PortalService, Context, Mapping[str, str]], None]
MUTANTS: dict[str, tuple[PortalService, Check]] = {
    "leaps": (with_handler(S.NEW, lambda c, d: Step(S.DONE, _("Cancel"))), Suite.test_what_follows_is_allowed),
    "done with nothing": (
        with_handler(S.ACCEPTED, lambda c, d: Step(S.DONE, _("Cancel"))),
        Suite.test_what_follows_is_allowed,
    ),
    "money without a sum": (
        with_handler(S.ACCEPTED, lambda c, d: Step(S.PAYMENT_DUE, _("Cancel"))),
        Suite.test_what_follows_is_allowed,
    ),
    "another paper each time": (
        with_handler(S.ACCEPTED, lambda c, d: Step(S.DONE, _("Cancel"), results={"certificate": uuid4()})),
        Suite.test_asking_again_gives_the_same,
    ),
    "asks for more for ever": (
        with_handler(S.ACCEPTED, lambda c, d: Step(S.SUPPLEMENT, _("Cancel"))),
        Suite.test_the_clock_stands_still_only_once,
    ),
    "tells names": (
        with_handler(S.NEW, lambda c, d: Step(S.ACCEPTED, Message("for %(name)s", {"name": d.applicant_name}))),
        Suite.test_notes_hold_nothing_private,
    ),
    "tells answers": (
        with_handler(S.NEW, lambda c, d: Step(S.ACCEPTED, Message("x", {"name": d.answers["phone"]}))),
        Suite.test_notes_hold_nothing_private,
    ),
    "commits": (with_handler(S.NEW, commit), Suite.test_the_caller_owns_the_transaction),
    "stumbles over a form": (replace(SERVICE, check=fail), Suite.test_odd_answers_are_named_by_their_field),
}


@pytest.fixture
def ctx(db: Database, school: UUID, system: Actor) -> Iterator[Context]:
    with db.context(system, school) as ctx:
        yield ctx


def test_every_mutant_is_caught(ctx: Context) -> None:
    for name, (mutant, check) in MUTANTS.items():
        check(Suite(), SERVICE, ctx, ANSWERS)
        with pytest.raises((AssertionError, ValueError, InvalidRequestError)), ctx.session.begin_nested():
            check(Suite(), mutant, ctx, ANSWERS)
            pytest.fail(f"not found: {name}")


def test_the_states_are_those_of_the_portal() -> None:
    assert {(a.value, b.value) for a, following in ALLOWED.items() for b in following} == {
        (1, 2), (1, 3), (1, 7), (2, 4), (2, 5), (2, 6), (2, 7), (2, 8), (2, 9), (4, 5), (4, 6), (4, 7), (4, 8), (4, 9),
        (5, 4), (5, 7), (5, 8), (6, 4), (6, 7), (6, 8), (6, 9), (9, 6), (9, 10),
    }  # fmt: skip
    assert may_move(S.DONE, S.RETURNED)
    assert not may_move(S.RETURNED, S.ACCEPTED)


def test_the_form_alone() -> None:
    assert form_problems(SERVICE, ANSWERS) == {}
    assert set(form_problems(SERVICE, {})) == {"pupil_code", "reason", "paper"}
    assert set(form_problems(SERVICE, {**ANSWERS, "reason": "?", "paper": "../x", "more": "1"})) == {
        "reason",
        "paper",
        "more",
    }


def test_a_step_that_cannot_be_carried_out_says_why() -> None:
    dossier = make_dossier(SERVICE, S.ACCEPTED, ANSWERS)
    paper = {"certificate": uuid4()}
    assert step_problems(SERVICE, dossier, Step(S.DONE, _("Cancel"), results=paper)) == []
    assert step_problems(SERVICE, dossier, Step(S.DONE, _("Cancel"), results={"diploma": uuid4()}))
    assert step_problems(SERVICE, dossier, Step(S.PROCESSING, _("Cancel"), results=paper))
    assert step_problems(SERVICE, dossier, Step(S.PROCESSING, _("Cancel"), amount=1000))
