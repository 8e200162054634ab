"""A receiver in a process of its own, and the declared events."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import webhooks
from core.kernel.registry import Registry

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Call:
    """A call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """The other system."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.core.webhooks.receiver"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self._stream = self.process.stdout
        self.port = int(self._stream.readline())
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._stream:
            self._lines.put(line)

    def url(self, path: str = "/hook/204") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def call(self) -> Call:
        """The next call, in the order in which they came; `queue.Empty` when none does."""
        told = json.loads(self._lines.get(timeout=10))
        return Call(told["path"], told["headers"], b64decode(told["body"]))

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        self._stream.close()


@pytest.fixture(scope="session")
def other_system() -> Iterator[Receiver]:
    """One process for all tests of this folder; each test reads all calls that it causes."""
    running = Receiver()
    yield running
    running.close()


@pytest.fixture(autouse=True)
def bound(registry: Registry) -> Iterator[None]:
    webhooks.bind(registry, loopback=True)
    yield
    webhooks.bind(registry, loopback=True)
