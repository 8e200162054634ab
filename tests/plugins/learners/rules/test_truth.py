"""Every row of the shared lists: status, warnings, errors and values are those of the expected results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.data.imports import read_tables
from plugins.learners.rules.planner import Expected, LearnerPlan, plan_learners

FILES = [("learners-thcs", ".xlsx"), ("learners-primary", ".csv")]


def _load(shared: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((shared / "data" / "expected" / f"{name}.json").read_text())
    return loaded


def _plan(shared: Path, name: str, suffix: str, *, with_classes: bool) -> tuple[LearnerPlan, dict[str, Any]]:
    expected = _load(shared, name)
    classes = tuple(c for group in expected["school"]["classes"].values() for c in group)
    tables = read_tables((shared / "data" / f"{name}{suffix}").read_bytes())
    return plan_learners(tables, Expected(classes if with_classes else None)), expected


def _key(row: dict[str, Any]) -> tuple[str, int]:
    return row.get("sheet", ""), int(row.get("row") or row["record"])


@pytest.mark.parametrize(("name", "suffix"), FILES)
@pytest.mark.parametrize("with_classes", [True, False], ids=["known classes", "classes proposed"])
def test_every_row_is_as_expected(shared: Path, name: str, suffix: str, with_classes: bool) -> None:
    plan, expected = _plan(shared, name, suffix, with_classes=with_classes)
    got = {(row.sheet, row.row): row for row in plan.rows}
    assert set(got) == {_key(row) for row in expected["rows"]}
    wrong = []
    for row in expected["rows"]:
        mine = got[_key(row)]
        seen = (mine.status, mine.warnings, mine.errors, json.loads(mine.value))
        want = (row["status"], sorted(row.get("warnings", [])), sorted(row.get("errors", [])), row["value"])
        if seen != want:
            wrong.append((_key(row), seen, want))
    assert wrong == []
    assert plan.counts() == {kind: expected["summary"][kind] for kind in ("accept", "warn", "refuse")}


@pytest.mark.parametrize(("name", "suffix"), FILES)
def test_rows_that_are_no_data_are_named(shared: Path, name: str, suffix: str) -> None:
    plan, expected = _plan(shared, name, suffix, with_classes=True)
    mine = {(row.sheet, row.row, row.kind) for row in plan.ignored}
    assert mine == {(*_key(row), row["kind"]) for row in expected["ignored_rows"]}
    assert plan.ignored_sheets == expected.get("ignored_sheets", [])


@pytest.mark.parametrize(("name", "suffix"), FILES)
def test_siblings_twins_and_declared_counts(shared: Path, name: str, suffix: str) -> None:
    plan, expected = _plan(shared, name, suffix, with_classes=True)
    places = [(row.sheet, row.row) for row in plan.rows]
    for kind in ("siblings", "twins"):
        mine = {tuple(places[index] for index in group) for group in plan.groups[kind]}
        assert mine == {tuple(_key(row) for row in group) for group in expected["groups"][kind]}
    declared = expected["summary"].get("class_counts_declared_differ", {})
    assert {d.label: {"declared": d.declared, "rows": d.rows} for d in plan.differing} == declared


@pytest.mark.parametrize(("name", "suffix"), FILES)
def test_links_between_rows(shared: Path, name: str, suffix: str) -> None:
    plan, expected = _plan(shared, name, suffix, with_classes=True)
    places = [(row.sheet, row.row) for row in plan.rows]
    mine = {(places[index], kind): places[other] for index, (kind, other) in plan.links.items()}
    kinds = ("duplicate_of", "same_id_as", "same_code_as")
    assert mine == {(_key(row), kind): _key(row[kind]) for row in expected["rows"] for kind in kinds if kind in row}


def test_the_workbook_tells_all_notes(shared: Path) -> None:
    plan, expected = _plan(shared, "learners-thcs", ".xlsx", with_classes=True)
    got = {(row.sheet, row.row): sorted(row.notes) for row in plan.rows}
    assert got == {_key(row): sorted(row.get("notes", [])) for row in expected["rows"]}


def test_proposed_classes_are_those_of_the_school(shared: Path) -> None:
    for name, suffix in FILES:
        plan, expected = _plan(shared, name, suffix, with_classes=False)
        assert plan.classes == [c for group in expected["school"]["classes"].values() for c in group]
        assert plan.classes_proposed
