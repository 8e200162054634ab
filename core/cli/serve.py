"""`truong web`, `truong worker`, `truong simulators`."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from core.settings.instance import InstanceSettings, load_settings
from core.web.app import create_app, load_registry
from core.work.worker import Worker

from .program import program, ready_settings, say


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with threads; each worker process builds its own application and pool."""

    def __init__(self, settings: InstanceSettings, options: dict[str, object]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._settings)


@click.command(help="Serve pages and API.")
@click.option("--bind", default="127.0.0.1:8080", show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
def web(bind: str, workers: int, threads: int) -> None:
    settings = ready_settings(load_registry(load_settings()))
    options: dict[str, object] = {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 15,
        "limit_request_line": 8190,
        "proc_name": "truong",
        "control_socket_disable": True,
    }
    Server(settings, options).run()


@click.command(help="Run background jobs.")
@click.option("--threads", default=2, show_default=True)
def worker(threads: int) -> None:
    with program() as parts:
        runner = Worker(parts.db, parts.registry, threads=threads)

        def stop(number: int, frame: FrameType | None) -> None:
            runner.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        runner.run_forever()


def simulator_commands(web_address: str, channels: dict[str, str]) -> list[list[str]]:
    """Command lines of the simulators; they know the product by its address only.

    `channels` maps a provider's name to the id of the channel that its notices go to.
    """

    def notify(provider: str) -> list[str]:
        return ["--notify-url", f"{web_address}/notices/{channels[provider]}"] if provider in channels else []

    vnpay = ["--tmn-code", SIMULATED["merchant_code"], "--secret", SIMULATED["vnpay_secret"]]
    account = ":".join(SIMULATED[name] for name in ("bank_bin", "account_number", "account_name"))
    bank = ["--secret", SIMULATED["bank_secret"], "--account", account]
    run = [sys.executable, "-m"]
    return [
        [*run, "integrations.vnpay.simulator", "--port", "8091", *notify("vnpay"), *vnpay],
        [*run, "integrations.bank_notices.simulator", "--port", "8092", *notify("bank_notices"), *bank],
    ]


SIMULATED = {
    "merchant_code": "TRUONG01",
    "vnpay_secret": "demo-vnpay-secret-0123456789ABCDEF",
    "bank_secret": "demo-bank-secret-0123456789",
    "bank_bin": "970422",
    "account_number": "0001234567890",
    "account_name": "TRUONG THCS HOA PHUONG",
}
"""What simulators and demo schools agree on; no secret of anybody."""


@click.command(help="Run the provider simulators on loopback, for demos, tests and vendors.")
@click.option("--web", "web_address", default="http://127.0.0.1:8080", show_default=True)
def simulators(web_address: str) -> None:
    run_together(simulator_commands(web_address, {}))


def run_together(commands: Sequence[Sequence[str]]) -> None:
    """Run programs side by side until one ends or Ctrl-C; then end them all."""
    running = [subprocess.Popen(list(command)) for command in commands]

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            try:
                running[0].wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
        say("A part has stopped; stopping the others.")
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)
