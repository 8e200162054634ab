"""Metrics and health: right numbers, told only to who may ask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from core.data.session import Database
from core.sdk import work
from core.types.actor import Actor
from core.types.ids import new_id
from core.work import beats

ROOT = Path(__file__).resolve().parents[3]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _samples(page: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_numbers_by_route_kind_and_state(app: Flask, db: Database, school: UUID, system: Actor) -> None:
    client = app.test_client()
    client.get("/sign-in?token=planted-0815")
    client.get("/sign-in")
    client.get("/nowhere/at/all")
    with db.context(system, school) as ctx:
        work.enqueue_many(ctx, "finance.x", [{}, {}])
        ctx.session.execute(text("UPDATE core_job SET run_at = now() - interval '90 seconds'"))
    with db.engine.begin() as connection:
        beats.beat(connection, new_id(), 2)
    found = _samples(client.get("/metrics").text)

    def value(name: str, **labels: str) -> float | None:
        return found.get((name, frozenset(labels.items())))

    before = value("truong_requests_total", method="GET", route="/sign-in", status="200")
    assert before is not None
    assert before >= 2
    assert value("truong_requests_total", method="GET", route="(none)", status="404")
    assert value("truong_jobs", task="finance.x", state="waiting") == 2
    oldest = value("truong_job_oldest_seconds", task="finance.x")
    assert oldest is not None
    assert 89 < oldest < 120
    assert value("truong_workers") == 1
    assert value("truong_plugin_state", plugin="finance", state="ok") == 1
    assert value("truong_database_up") == 1
    assert value("truong_database_connections", state="in_use") is not None
    assert "nowhere" not in str(found)
    assert "planted" not in str(found)


def test_metrics_open_to_this_machine_or_to_a_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404, "a proxy stands between"
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    monkeypatch.setitem(app.config, "METRICS_TOKEN", "t" * 24)
    assert client.get("/metrics").status_code == 404
    right = {"Authorization": f"Bearer {'t' * 24}"}
    assert client.get("/metrics", headers=right, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_health(app: Flask, db: Database) -> None:
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    told = ready.json
    assert told is not None
    assert (told["ready"], told["database"], told["migrations"], told["workers"]) == (True, "ok", "ok", 0)
    assert told["plugins"]["finance"] == "ok"
    with db.engine.begin() as connection:
        beats.beat(connection, new_id(), 2)
    again = client.get("/health/ready").json
    assert again is not None
    assert again["workers"] == 1


def test_health_without_a_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    monkeypatch.setattr(app.extensions["truong"], "db", nowhere)
    monkeypatch.delitem(app.extensions, "truong.metrics", raising=False)
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json is not None
    assert ready.json["database"] == "down"
    assert "truong_database_up 0.0" in client.get("/metrics").text
    monkeypatch.delitem(app.extensions, "truong.metrics")


_PROCESS = """
from core.operations import metrics
metrics.requests().answered("GET", "/x", 200, 0.1)
"""


def test_processes_add_up(tmp_path: Path) -> None:
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _process in range(2):
        subprocess.run([sys.executable, "-c", _PROCESS], cwd=ROOT, env=environ, check=True)
    show = (
        "from prometheus_client import generate_latest; from core.operations import metrics;"
        "print(generate_latest(metrics.requests().registry()).decode())"
    )
    page = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=environ, check=True, capture_output=True, text=True
    ).stdout
    assert 'truong_requests_total{method="GET",route="/x",status="200"} 2.0' in page
