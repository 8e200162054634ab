"""The port of public services: what a module offers to citizens, in canonical states and no province's dialect.

A service is data and pure-looking handlers: the core keeps the dossier, its clock, its messages and the talk with the
portal; a handler only says what follows. It may be called again for the same state (at least once), so what it
writes it writes idempotently. States are those of the national portal (reference: public-services, section 10).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from core.types.message import Message, _

if TYPE_CHECKING:
    from core.data.context import Context


class DossierState(enum.IntEnum):
    """Canonical states, with the numbers that all dialects share."""

    NEW = 1
    ACCEPTED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    """Waits for the citizen; the clock stands still, once."""
    PAYMENT_DUE = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10
    """The result is in the citizen's hands."""


S = DossierState
ALLOWED: Mapping[DossierState, frozenset[DossierState]] = MappingProxyType(
    {
        S.NEW: frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
        S.ACCEPTED: frozenset({S.PROCESSING, S.SUPPLEMENT, S.PAYMENT_DUE, S.WITHDRAWN, S.STOPPED, S.DONE}),
        S.PROCESSING: frozenset({S.SUPPLEMENT, S.PAYMENT_DUE, S.WITHDRAWN, S.STOPPED, S.DONE}),
        S.SUPPLEMENT: frozenset({S.PROCESSING, S.WITHDRAWN, S.STOPPED}),
        S.PAYMENT_DUE: frozenset({S.PROCESSING, S.WITHDRAWN, S.STOPPED, S.DONE}),
        S.DONE: frozenset({S.PAYMENT_DUE, S.RETURNED}),
        S.REFUSED: frozenset[DossierState](),
        S.WITHDRAWN: frozenset[DossierState](),
        S.STOPPED: frozenset[DossierState](),
        S.RETURNED: frozenset[DossierState](),
    }
)
"""Moves of a dossier. A return that is undone is no move: it needs a reason and a person."""


def may_move(current: DossierState, following: DossierState) -> bool:
    """Whether a dossier may go from one state straight to the other."""
    return following in ALLOWED[current]


@dataclass(frozen=True, slots=True)
class FormItem:
    """A field of the electronic form, or a paper to attach (`file`)."""

    name: str
    label: Message
    kind: Literal["text", "long_text", "number", "date", "choice", "phone", "email", "national_id", "file"] = "text"
    required: bool = True
    choices: tuple[tuple[str, Message], ...] = ()
    help: Message | None = None
    most: int = 500
    """Characters of a text."""


@dataclass(frozen=True, slots=True)
class ResultKind:
    """A paper that the service issues."""

    code: str
    label: Message


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as a handler sees it."""

    id: UUID
    number: str
    """As the portal numbers it; unique in the installation and the profile of the portal."""
    service: str
    state: DossierState
    answers: Mapping[str, str] = field(repr=False)
    """By the names of the form; dates in ISO 8601, files as ids of the school's documents."""
    applicant_name: str = field(repr=False)
    applicant_person: UUID | None
    """The person of the school, once somebody has made sure who it is."""
    filed_at: datetime
    due_at: datetime | None
    supplements: int = 0
    """How often the citizen has been asked for more: the clock may stand still only once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a state, in the handler's view."""

    state: DossierState
    note: Message
    """Shown to the citizen; no personal data."""
    results: Mapping[str, UUID] = field(default_factory=dict)
    """Documents of the school by `ResultKind.code`; only with DONE."""
    amount: int = 0
    """Whole dong to pay; only with PAYMENT_DUE."""


Handler = Callable[["Context", Dossier], Step | None]
"""What follows, or None while a person has to decide."""


@dataclass(frozen=True, slots=True)
class PortalService:
    """A service that the school offers through the public-service portal."""

    name: str
    """`<plugin>.<service>`; each province maps it to its code of the procedure."""
    label: Message
    description: Message
    form: tuple[FormItem, ...]
    handlers: Mapping[DossierState, Handler]
    """By the state that a dossier has just come into; a state without a handler waits for a person."""
    check: Callable[[Context, Mapping[str, str]], Mapping[str, Message]] = lambda ctx, answers: {}
    """Rules beyond the form: problems by field name."""
    results: tuple[ResultKind, ...] = ()
    working_days: int = 1
    """What the procedure allows from acceptance to the result."""
    permission: str = ""
    """Who of the school decides where no handler does."""


def form_problems(service: PortalService, answers: Mapping[str, str]) -> dict[str, Message]:
    """What the form alone finds wrong: missing, unknown, too long, not one of the choices. Pure."""
    items = {item.name: item for item in service.form}
    problems = {name: _("The form has no such field.") for name in answers if name not in items}
    for name, item in items.items():
        value = answers.get(name, "").strip()
        if not value:
            if item.required:
                problems[name] = _("Please fill this in.")
        elif item.kind == "choice" and value not in {choice for choice, label in item.choices}:
            problems[name] = _("Choose one of the values.")
        elif problem := _malformed(item, value):
            problems[name] = problem
    return problems


def _malformed(item: FormItem, value: str) -> Message | None:
    if len(value) > item.most:
        return _("At most %(count)s characters.", count=item.most)
    try:
        if item.kind == "number":
            int(value)
        elif item.kind == "date":
            datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007  (a calendar day has no zone)
        elif item.kind == "file":
            UUID(value)
    except ValueError:
        return _("This cannot be read. Please enter it again.")
    if item.kind == "national_id" and not (value.isascii() and value.isdigit() and len(value) in (9, 12)):
        return _("A personal ID has 12 digits (an old one 9).")
    return None


def step_problems(service: PortalService, dossier: Dossier, step: Step) -> Sequence[str]:
    """Why a handler's answer cannot be carried out, for the operator; empty when it can. Pure."""
    problems = []
    if not may_move(dossier.state, step.state):
        problems.append(f"{dossier.state.name} cannot become {step.state.name}")
    if step.state is S.SUPPLEMENT and dossier.supplements:
        problems.append("the citizen was asked for more once already; the clock may stand still only once")
    if (step.amount > 0) != (step.state is S.PAYMENT_DUE):
        problems.append("an amount belongs to PAYMENT_DUE, and PAYMENT_DUE needs one")
    if step.results and step.state is not S.DONE:
        problems.append("papers are issued with DONE")
    if unknown := set(step.results) - {kind.code for kind in service.results}:
        problems.append(f"issues what the service does not name: {', '.join(sorted(unknown))}")
    if step.state is S.DONE and service.results and not step.results:
        problems.append("DONE without any of the papers that the service issues")
    return problems
