"""What a school decides where the act leaves it open; a set with options is a set again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from .ruleset import Level, RuleSet


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of a school; None keeps what the set says.

    Attributes:
        adjust_mode: how the raise clause is read (Circular 22/2021, article 9.3).
        absence_basis: `session` counts each half day, `day` at most one unit a day.
        primary_minimum: lowest mark of primary tests, 0 or 1.
        enough_counts: number of subjects that a level needs, by level, where the set leaves it open.
    """

    adjust_mode: Literal["conservative", "generous"] | None = None
    absence_basis: Literal["session", "day"] | None = None
    primary_minimum: int | None = None
    enough_counts: Mapping[Level, int] = field(default_factory=dict)


def with_options(rule_set: RuleSet, options: Options) -> RuleSet:
    """The set as this school applies it."""
    return _primary(_secondary(rule_set, options), options)


def _secondary(rule_set: RuleSet, options: Options) -> RuleSet:
    rules = rule_set.secondary
    if rules is None:
        return rule_set
    learning, needs = rules.learning, rules.promotion
    if options.adjust_mode and learning.raising:
        learning = replace(learning, raising=replace(learning.raising, mode=options.adjust_mode))
    levels = tuple(
        replace(level, enough_count=options.enough_counts.get(level.code)) if level.enough_count is None else level
        for level in learning.levels
    )
    if options.absence_basis:
        needs = replace(needs, absence_basis=options.absence_basis)
    return replace(rule_set, secondary=replace(rules, learning=replace(learning, levels=levels), promotion=needs))


def _primary(rule_set: RuleSet, options: Options) -> RuleSet:
    rules = rule_set.primary
    if rules is None or options.primary_minimum is None:
        return rule_set
    scale = replace(rules.scale, minimum=Decimal(options.primary_minimum))
    return replace(rule_set, primary=replace(rules, scale=scale))


def absence_units(sessions: Mapping[date, int], basis: str) -> int:
    """Units of absence (buổi) of a year, excused and unexcused together (Circular 22/2021, article 12).

    Args:
        sessions: half days missed, by day.
        basis: `session`: each half day; `day`: a day counts once, as the plan of one session a day has it.
    """
    missed = [count for count in sessions.values() if count > 0]
    return len(missed) if basis == "day" else sum(missed)
