"""Calling `check_` and `resolve_` hooks: one method after the other, each contained.

`on_` hooks are called by a job of their own each (`core.work.lifecycle`), so that they are retried and hold nobody up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from core.data.context import Context
from core.types.message import Message, _

from .containment import Containment

Check = Callable[[], Message | None]
R = TypeVar("R")
CANNOT_SAY = _("A module could not say whether this is allowed, so it is not. The operator finds the reason.")

_CLOSED: Message | None = CANNOT_SAY


def refusal(containment: Containment, hook: str, ctx: Context, checks: Iterable[tuple[str, Check]]) -> Message | None:
    """The first reason against it, None when nobody has one. Who fails or rests counts as against it (fails closed).

    Args:
        checks: the module and what to ask it.
    """
    for module, check in checks:
        reason = containment.call(module, hook, check, _CLOSED, ctx=ctx)
        if reason is not None:
            return reason
    return None


def first(
    containment: Containment, hook: str, ctx: Context, answers: Iterable[tuple[str, Callable[[], R | None]]]
) -> R | None:
    """The first answer, None when nobody has one. Who fails is passed over."""
    for module, answer in answers:
        found = containment.call(module, hook, answer, None, ctx=ctx)
        if found is not None:
            return found
    return None
