"""Real processes: the same message at once, a worker that is killed, a database that is away."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.data.types import utc_now
from core.payments import inbox, providers, refunds
from core.payments.port import Notice

from .fake import notice
from .other_process import TAKEN
from .test_refunds import DESK, HEAD
from .world import SYSTEM, World

ROOT = Path(__file__).resolve().parents[3]


def _spawn(step: str, world: World, file: Path, moment: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.core.payments.other_process", step, world.db.url]
    return subprocess.Popen(
        [*command, str(world.pay_channel.id), str(file), moment],
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
    assert _end(_spawn("work", world, file, "between evidence and posting"))[0] == -signal.SIGKILL
    assert world.status(started) == "created"
    assert world.column("SELECT state FROM core_provider_inbox") == ["received"]
    world.later(minutes=2)  # the lease of the dead worker runs out
    world.drain()
    assert world.status(started) == "paid"
    assert world.trial() == {"clearing:fakepay": 77_000, "income:fees": -77_000}


BOOKED = {"clearing:fakepay": 77_000, "income:fees": -77_000}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("before the inbox", "recorded"),
        ("between inbox and job", "recorded"),
        ("before the commit of the inbox", "recorded"),
        ("after the commit, before the answer", "duplicate"),
    ],
)
def test_a_receiver_killed_at_any_boundary_is_called_again(
    world: World, tmp_path: Path, moment: str, then: str
) -> None:
    """Nothing was acknowledged, so the service repeats its message; the books have it once."""
    world.now = utc_now()
    started = world.start(world.charge(world.person(), 77_000))
    file = _file(tmp_path, notice(world.paid(started)))
    code, said = _end(_spawn("receive", world, file, moment))
    assert (code, said) == (-signal.SIGKILL, "")
    kept = world.column("SELECT state FROM core_provider_inbox")
    assert kept == (["received"] if then == "duplicate" else [])
    assert _end(_spawn("receive", world, file))[1] == json.dumps({"outcome": then})
    world.later(minutes=2)  # the other process has a clock of its own
    world.drain()
    assert world.status(started) == "paid"
    assert world.trial() == BOOKED


@pytest.mark.soak
@pytest.mark.parametrize(
    "moment",
    [
        "before the evidence",
        "between evidence and posting",
        "between posting and allocation",
        "before the commit of the booking",
        "after the commit of the booking",
    ],
)
def test_a_worker_killed_at_any_boundary_books_once(world: World, tmp_path: Path, moment: str) -> None:
    world.now = utc_now()
    started = world.start(world.charge(world.person(), 77_000))
    message = notice(world.paid(started))
    assert world.receive(message).status == 200
    assert _end(_spawn("work", world, _file(tmp_path, message), moment))[0] == -signal.SIGKILL
    done = moment == "after the commit of the booking"
    assert world.column("SELECT state FROM core_provider_inbox") == ["processed" if done else "received"]
    assert world.column("SELECT kind FROM core_evidence") == (["paid"] if done else [])
    world.later(minutes=2)  # the lease of the dead worker runs out
    world.drain()
    assert world.receive(message).status == 200, "the service repeats what it told"
    world.drain()
    assert world.status(started) == "paid"
    assert world.trial() == BOOKED


@pytest.mark.soak
@pytest.mark.parametrize("moment", ["before the service takes a refund", "after the service took a refund"])
def test_a_worker_killed_around_a_refund_orders_the_same_one_again(world: World, tmp_path: Path, moment: str) -> None:
    """The order is repeated under its own number, so a service that had taken it gives the money back once."""
    world.now = utc_now()
    started = world.start(world.charge(world.person(), 77_000))
    message = notice(world.paid(started))
    world.receive(message)
    world.drain()
    with world.db.context(DESK, world.school, clock=world.clock) as ctx:
        refund = refunds.request(ctx, started.id, 77_000, "Chuyển trường", key="r")
    with world.db.context(HEAD, world.school, clock=world.clock) as ctx:
        refunds.approve(ctx, refund)
    file = _file(tmp_path, message)
    assert _end(_spawn("work", world, file, moment))[0] == -signal.SIGKILL
    assert world.status(started) == "paid"
    with world.db.all_schools(SYSTEM) as ctx:
        ctx.session.execute(text("UPDATE core_job SET lease_until = now() WHERE state = 'running'"))
    assert _end(_spawn("work", world, file))[0] == 0
    taken = (tmp_path / TAKEN).read_text().split()
    assert taken == [str(refund)] * (2 if moment.startswith("after") else 1)
    assert world.status(started) == "refunded"
    assert world.trial() == {"receivable:student": 77_000, "income:fees": -77_000}


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
