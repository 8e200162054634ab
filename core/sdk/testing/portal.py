"""The contract of public services: subclass it in the test module of a plugin, give the fixtures, done.

    class TestContract(PortalServiceContract):
        @pytest.fixture
        def service(self) -> PortalService: ...
        @pytest.fixture
        def answers(self) -> Mapping[str, str]: ...    # a form filled in well

`ctx` is a context of the school of `core.sdk.testing.fixtures`; override it to put what your handlers need there.
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.errors import TruongError
from core.sdk.portal import ALLOWED, Dossier, DossierState, PortalService, Step, form_problems, step_problems

from .payment_samples import NOW

__all__ = ["NOW", "PortalServiceContract", "make_dossier"]

_PRIVATE = ("text", "long_text", "phone", "email", "national_id")


def make_dossier(service: PortalService, state: DossierState, answers: Mapping[str, str]) -> Dossier:
    """A dossier that has just come into a state."""
    return Dossier(
        uuid4(), "H00.13-20260905-000017", service.name, state, dict(answers), "Nguyễn Thị Thu", None,
        filed_at=NOW, due_at=NOW + timedelta(days=service.working_days),
    )  # fmt: skip


class PortalServiceContract:
    """What the core relies on. Each test name says which promise it checks."""

    @pytest.fixture
    def service(self) -> PortalService:
        raise NotImplementedError("give the service")

    @pytest.fixture
    def answers(self) -> Mapping[str, str]:
        raise NotImplementedError("give a form that is filled in well")

    @pytest.fixture
    def ctx(self, db: Database, school: UUID, system: Actor) -> Iterator[Context]:
        with db.context(system, school) as ctx:
            yield ctx

    def test_says_what_it_is(self, service: PortalService) -> None:
        module, _dot, name = service.name.partition(".")
        assert module.isidentifier() and name, "a service is called <plugin>.<service>"
        assert str(service.label) and str(service.description)
        assert service.working_days >= 1
        assert len({kind.code for kind in service.results}) == len(service.results)

    def test_the_form_can_be_shown(self, service: PortalService) -> None:
        assert len({item.name for item in service.form}) == len(service.form)
        for item in service.form:
            assert item.name.isidentifier() and str(item.label)
            assert (item.kind == "choice") == bool(item.choices), item.name
            assert len({value for value, _label in item.choices}) == len(item.choices)

    def test_a_good_form_is_accepted(self, service: PortalService, ctx: Context, answers: Mapping[str, str]) -> None:
        assert form_problems(service, answers) == {}
        assert dict(service.check(ctx, answers)) == {}

    def test_odd_answers_are_named_by_their_field(
        self, service: PortalService, ctx: Context, answers: Mapping[str, str]
    ) -> None:
        """Rules beyond the form are asked also while a form is half filled in."""
        names = {item.name for item in service.form}
        for name in sorted(names):
            for odd in ("", " ", "💥", "0", "-1", "31/02/2026", "x" * 400, "' OR 1=1 --"):
                assert set(service.check(ctx, {**answers, name: odd})) <= names
            assert set(service.check(ctx, {k: v for k, v in answers.items() if k != name})) <= names

    def test_final_states_have_no_handler(self, service: PortalService) -> None:
        assert [state for state in service.handlers if not ALLOWED[state]] == []

    def test_what_follows_is_allowed(self, service: PortalService, ctx: Context, answers: Mapping[str, str]) -> None:
        for state in service.handlers:
            dossier = make_dossier(service, state, answers)
            step = _step(service, ctx, dossier)
            if step is not None:
                assert list(step_problems(service, dossier, step)) == [], state.name

    def test_asking_again_gives_the_same(
        self, service: PortalService, ctx: Context, answers: Mapping[str, str]
    ) -> None:
        """Handlers are called at least once; the second time nothing new may come of it."""
        for state in service.handlers:
            dossier = make_dossier(service, state, answers)
            assert _step(service, ctx, dossier) == _step(service, ctx, dossier), state.name

    def test_the_clock_stands_still_only_once(
        self, service: PortalService, ctx: Context, answers: Mapping[str, str]
    ) -> None:
        for state in service.handlers:
            for given in (answers, dict.fromkeys(answers, "")):
                asked_before = replace(make_dossier(service, state, given), supplements=1)
                step = _step(service, ctx, asked_before)
                assert step is None or step.state is not DossierState.SUPPLEMENT, state.name

    def test_notes_hold_nothing_private(self, service: PortalService, ctx: Context, answers: Mapping[str, str]) -> None:
        private = {answers[item.name] for item in service.form if item.kind in _PRIVATE and answers.get(item.name)}
        for state in service.handlers:
            dossier = make_dossier(service, state, answers)
            step = _step(service, ctx, dossier)
            if step is not None:
                note = str(step.note) + repr(step.note.params)
                assert dossier.applicant_name not in note
                assert not [value for value in private if len(value) > 3 and value in note], state.name

    def test_the_caller_owns_the_transaction(
        self, service: PortalService, ctx: Context, answers: Mapping[str, str]
    ) -> None:
        for state in service.handlers:
            before = ctx.session.scalar(text("SELECT pg_current_xact_id()::text"))
            _step(service, ctx, make_dossier(service, state, answers))
            assert ctx.session.scalar(text("SELECT pg_current_xact_id()::text")) == before, "it committed"


def _step(service: PortalService, ctx: Context, dossier: Dossier) -> Step | None:
    """What follows; a refusal in plain words is allowed, any other error is not."""
    try:
        with ctx.session.begin_nested():
            return service.handlers[dossier.state](ctx, dossier)
    except TruongError:
        return None
