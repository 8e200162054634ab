"""The shared statement and what a right import makes of it, in the types of the matching."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.payments.matching import Candidate, Decision, Due, Learner, Matcher

Json = dict[str, Any]
_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_TAKEN = {"accept", "warn"}


def load(shared: Path, name: str) -> Json:
    data: Json = json.loads((shared / "data" / "expected" / name).read_text(encoding="utf-8"))
    return data


def make_matcher(shared: Path) -> Matcher:
    """Dues of the collection round, pupils of the roll: the rows with status accept or warn."""
    roll = _roll(load(shared, "learners-primary.json"))
    by_name = {(learner.name, learner.class_name): learner.key for learner in roll}
    keys = {learner.key for learner in roll}
    dues = []
    for row in load(shared, "fees-2026-09.json")["rows"]:
        if not row["sheet"].startswith("2.") or row["status"] not in _TAKEN:
            continue
        value = row["value"]
        key = value["mahocsinh"] if value["mahocsinh"] in keys else by_name[value["hovaten"], value["lop"]]
        if value["ref"]:
            dues.append(Due(value["ref"], key, value["due"]))
    return Matcher(dues, roll)


def _roll(data: Json) -> list[Learner]:
    family = {
        member["record"]: f"family {number}"
        for number, group in enumerate(data["groups"]["siblings"])
        for member in group
    }
    return [
        Learner(
            key=row["value"]["mahocsinh"] or f"record {row['record']}",
            name=row["value"]["hovaten"],
            class_name=row["value"]["lop"],
            code=row["value"]["mahocsinh"] or "",
            parents=tuple(row["value"][who]["hovaten"] for who in ("cha", "me", "nguoigiamho") if row["value"][who]),
            family=family.get(row["record"], ""),
        )
        for row in data["rows"]
        if row["status"] in _TAKEN
    ]


def as_expected(decision: Decision) -> Json:
    """A decision in the words of the expected file."""
    line = decision.line
    row: Json = {
        "sheet": line.origin.sheet,
        "row": line.origin.row,
        "status": decision.status.value,
        "warnings": list(decision.warnings),
        "errors": list(decision.errors),
        "outcome": decision.outcome.value,
        "kind": decision.kind and decision.kind.value,
        "txn": line.number,
        "time": line.booked_at and line.booked_at.astimezone(_LOCAL).replace(tzinfo=None).isoformat(),
        "credit": line.credit,
        "debit": line.debit,
        "balance": line.balance,
        "how": decision.how and decision.how.value,
        "reason": decision.reason and decision.reason.value,
        "reversal_of": decision.reversal_of,
        "reversed_by": decision.reversed_by,
        "proposal_from_balance": decision.proposal_from_balance,
        "matches": [
            {
                "ref": match.reference,
                "mahocsinh": match.owner,
                "amount": match.amount,
                "state_after": match.state_after.value,
                "difference": match.difference,
            }
            for match in decision.matches
        ],
        "candidates": [_person(candidate) for candidate in decision.candidates],
        "payer_hint": [candidate.reference for candidate in decision.payer_hints],
        "sibling_hint": next((candidate.reference for candidate in decision.sibling_hints), None),
    }
    if decision.duplicate_of:
        row["duplicate_of"] = {"sheet": decision.duplicate_of.sheet, "row": decision.duplicate_of.row}
    return row


def _person(candidate: Candidate) -> Mapping[str, str | None]:
    return {"ref": candidate.reference, "mahocsinh": candidate.owner}


def local(text: str) -> datetime:
    """A local time of the bank as the moment that it is."""
    return datetime.fromisoformat(text).replace(tzinfo=_LOCAL).astimezone(UTC)
