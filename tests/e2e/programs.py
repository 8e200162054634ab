"""The installation under test: the real programs on free ports of this machine, database and logs of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds after which something that should happen counts as not happening."""
SECRET = "for-tests-only-" * 4
"""The key of this test process too, which can therefore write a link that has expired."""
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str, patience: float = PATIENCE) -> Found:
    """Look again until there is something."""
    end = time.monotonic() + patience
    pause = threading.Event()
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        pause.wait(0.05)
    raise AssertionError(f"not within {patience:.0f} s: {what}")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str, body: object = None) -> Any:
    """JSON from a control address; a body makes it a POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def answers(url: str) -> bool | None:
    """True once the address answers."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
        return True
    return None


@dataclass
class Installation:
    """Truong and two providers, each a process of its own; the product knows the providers by addresses and keys."""

    var: Path
    web: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    vnpay: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    bank: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}")
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def environment(self) -> dict[str, str]:
        """What the programs are told; nothing of the tester's own configuration reaches them."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("TRUONG_")}
        told = {"VAR": str(self.var), "BASE_URL": self.web, "SECRET_KEY": SECRET}
        return {**own, **{f"TRUONG_{name}": value for name, value in told.items()}, "PYTHONUNBUFFERED": "1"}

    def truong(self, *words: str, code: int = 0) -> str:
        """Run a `truong` command to its end; gives what it said."""
        return self._run("-m", "core.cli", *words, code=code)

    def truong_each(self, commands: Sequence[Sequence[str]]) -> str:
        """Several `truong` commands one after another in one process, which is the same but for its many starts."""
        return self._run("-c", f"from core.cli import main\nfor words in {[list(words) for words in commands]!r}:\n"
                               "    main(words, standalone_mode=False)")  # fmt: skip

    def _run(self, *words: str, code: int = 0) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{' '.join(words)} ended with {done.returncode}:\n{said}"
        return said

    def start(self, name: str, *words: str) -> None:
        """Start a program that stays; its output goes to `logs/<name>.log`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def start_product(self) -> None:
        """Pages and background worker."""
        self.start("web", "core.cli", "web", "--bind", self.web.removeprefix("http://"))
        self.start("worker", "core.cli", "worker")
        self.wait_for("web", f"{self.web}/health")

    def start_providers(self, notify: dict[str, str], keys: dict[str, str], account: str) -> None:
        """Both simulators; `notify` are the notice addresses that the school gave to its providers.

        The waiting times between repeated calls are shortened from minutes to tenths of a second.
        """
        port = self.vnpay.rpartition(":")[2]
        known = ["--tmn-code", keys["merchant_code"], "--secret", keys["hash_secret"], "--speed", "1000"]
        self.start("vnpay", "integrations.vnpay.simulator", "--port", port, "--notify-url", notify["vnpay"], *known)
        port = self.bank.rpartition(":")[2]
        known = ["--secret", keys["bank_secret"], "--account", account, "--speed", "300"]
        module = "integrations.bank_notices.simulator"
        self.start("bank", module, "--port", port, "--notify-url", notify["bank_notices"], *known)
        self.wait_for("vnpay", f"{self.vnpay}/control/health")
        self.wait_for("bank", f"{self.bank}/control/health")

    def disturb_the_providers(self) -> None:
        """Notices get lost, are changed on the way, come late, several times, and in the opposite order."""
        fetch(f"{self.bank}/control/faults", {"drop": 1, "duplicate": 2, "reorder": 2, "delay": 0.2})
        fetch(f"{self.vnpay}/control/faults", {"drop": 1, "tamper": 1, "delay": 0.2})

    def calls(self) -> str:
        """What the providers told us and what we answered, as far as they run."""
        made: list[str] = []
        for provider in (self.vnpay, self.bank):
            with contextlib.suppress(OSError):
                made += [str(call) for call in fetch(f"{provider}/control/calls")]
        return "\n".join(made)

    def wait_for(self, name: str, url: str) -> None:
        """Until a program answers; says so when it has ended instead."""

        def look() -> bool | None:
            code = self.running[name].poll()
            assert code is None, f"{name} ended with {code}:\n{self.tail(name)}"
            return answers(url)

        until(look, f"{name} answers at {url}")

    def tail(self, name: str, lines: int = 40) -> str:
        """The last lines of a log."""
        return "\n".join((self.logs / f"{name}.log").read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self) -> None:
        """End every program, then the database."""
        for process in self.running.values():
            process.terminate()
        for name, process in self.running.items():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"{name} did not stop when asked:\n{self.tail(name)}") from None
        self._stop_database()

    def _stop_database(self) -> None:
        """The embedded server outlives the programs on purpose; its own file says which process it is."""
        file = self.var / "postgres" / "postmaster.pid"
        if file.exists():
            os.kill(int(file.read_text().splitlines()[0]), signal.SIGINT)  # fast shutdown
            until(lambda: None if file.exists() else True, "the database stops")
