"""Real processes: the same message at once, a worker that is killed, a database that is away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.data.session import Database
from core.data.types import utc_now
from core.payments import inbox, providers
from core.payments.port import Notice

from .fake import notice
from .world import World

ROOT = Path(__file__).resolve().parents[3]


def _spawn(step: str, world: World, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.core.payments.other_process", step, world.db.url]
    return subprocess.Popen(
        [*command, str(world.pay_channel.id), str(file)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _end(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _errors = process.communicate(timeout=60)
    return process.returncode, out.strip()


def _file(folder: Path, message: Notice) -> Path:
    body = {
        "body": message.body.decode(),
        "signature": message.headers["x-signature"],
        "at": message.received_at.isoformat(),
    }
    file = folder / "notice.json"
    file.write_text(json.dumps(body))
    return file


def test_the_same_notice_in_several_processes_at_once_is_booked_once(world: World, tmp_path: Path) -> None:
    world.now = utc_now()
    started = world.start(world.charge(world.person(), 77_000))
    file = _file(tmp_path, notice(world.paid(started)))
    receivers = [_spawn("receive", world, file) for _number in range(4)]
    answers = Counter(_end(process)[1] for process in receivers)
    assert answers == {'{"outcome": "recorded"}': 1, '{"outcome": "duplicate"}': 3}
    workers = [_spawn("work", world, file) for _number in range(2)]
    assert [_end(process)[0] for process in workers] == [0, 0]
    assert world.status(started) == "paid"
    assert world.trial() == {"clearing:fakepay": 77_000, "income:fees": -77_000}


def test_what_was_acknowledged_survives_kill_9_in_mid_booking(world: World, tmp_path: Path) -> None:
    world.now = utc_now()
    started = world.start(world.charge(world.person(), 77_000))
    file = _file(tmp_path, notice(world.paid(started)))
    assert "recorded" in _end(_spawn("receive", world, file))[1]
    assert _end(_spawn("die", world, file))[0] == -signal.SIGKILL
    assert world.status(started) == "created"
    assert world.column("SELECT state FROM core_provider_inbox") == ["received"]
    world.later(minutes=2)  # the lease of the dead worker runs out
    world.drain()
    assert world.status(started) == "paid"
    assert world.trial() == {"clearing:fakepay": 77_000, "income:fees": -77_000}


def test_without_a_database_the_provider_is_told_to_call_again(world: World) -> None:
    message = notice(world.paid(world.start(world.charge(world.person(), 1_000))))
    away = Database("postgresql+psycopg://truong_app@/nothing?host=/nonexistent", pool_size=1)
    answer = inbox.receive(away, world.pay, world.pay_channel, message)
    assert answer.status == 503
    assert inbox.receive_at(away, providers.installed(), world.pay_channel.id, message).status == 503
    away.close()
    assert world.receive(message).status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"facts": 7}', b'[["facts"]]'])
def test_garbage_is_refused_and_stored_nowhere(world: World, body: bytes) -> None:
    message = Notice("POST", b"", {}, body, world.now)
    assert world.receive(message).status == 400
    assert world.column("SELECT id FROM core_provider_inbox") == []
