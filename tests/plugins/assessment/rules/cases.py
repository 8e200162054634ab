"""Short ways to write marks and results in tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.sdk import Message
from plugins.assessment.rules import Because, Mark, Result, RuleSet, SubjectResult, TermMarks, national, score
from plugins.assessment.rules.ruleset import Cite, PrimaryRules, SecondaryRules


def tt22() -> RuleSet:
    return national().get("tt22-2021")


def secondary(rule_set: RuleSet | None = None) -> SecondaryRules:
    rules = (rule_set or tt22()).secondary
    assert rules is not None
    return rules


def primary() -> PrimaryRules:
    rules = national().get("tt27-2020").primary
    assert rules is not None
    return rules


def vectors(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (shared / "vectors" / "assessment.json").read_text(), parse_float=Decimal, parse_int=Decimal
    )
    return loaded


def known(value: Decimal) -> Result[Decimal]:
    """An average that is given."""
    return Result(value, Because("given", Cite("", ""), Message("")))


def term(regular: Sequence[Any], mid: Any, end: Any) -> TermMarks:
    return TermMarks(tuple(_mark(one) for one in regular), _mark(mid), _mark(end))


def _mark(value: Any) -> Mark:
    return value if isinstance(value, Mark) else score(value)


def standing(scores: Sequence[Any], comment_fails: int = 0, comments: int = 4) -> list[SubjectResult]:
    """Scored subjects `s0`, `s1` ... and comment subjects `c0` ... of which the first ones are not passed."""
    scored = [SubjectResult(f"s{n}", f"Môn {n}", True, average=Decimal(one)) for n, one in enumerate(scores)]
    commented = [SubjectResult(f"c{n}", f"Nhận xét {n}", False, passed=n >= comment_fails) for n in range(comments)]
    return scored + commented
