"""`truong web`, `truong worker`, `truong simulators`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType, MappingProxyType
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from core.operations import logs, metrics
from core.settings.instance import InstanceSettings, load_settings
from core.types.staying import staying
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
        with staying():
            return create_app(self._settings)


def log_form(settings: InstanceSettings) -> logs.Form:
    """Lines for machines in production, for eyes elsewhere, unless it is configured."""
    if settings.log_format:
        return "json" if settings.log_format == "json" else "text"
    return "text" if settings.development else "json"


def share_numbers(settings: InstanceSettings) -> None:
    """A fresh folder in which the processes of this web server add up what they count."""
    folder = settings.var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[metrics.SHARED] = str(folder)


@click.command(help="Serve pages and API.")
@click.option("--bind", default="127.0.0.1:8080", show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
def web(bind: str, workers: int, threads: int) -> None:
    settings = ready_settings(load_registry(load_settings()))
    form = log_form(settings)
    share_numbers(settings)
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
        "logconfig_dict": logs.gunicorn_config(form),
    }
    Server(settings, options).run()


@click.command(help="Run background jobs.")
@click.option("--threads", default=2, show_default=True)
def worker(threads: int) -> None:
    with program(of_worker=True) as parts:
        logs.configure(log_form(parts.settings))
        runner = Worker(parts.db, parts.registry, threads=threads)

        def stop(number: int, frame: FrameType | None) -> None:
            runner.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        runner.run_forever()


def simulator_commands(
    notify: Mapping[str, str] = MappingProxyType({}), *, account_number: str = "", merchant_code: str = ""
) -> dict[str, list[str]]:
    """Command lines of the simulators by provider, without their ports; they know the product by addresses only.

    Args:
        notify: a provider's name to the address that its notices go to.
        account_number: of the school; without it that of the first demo school.
        merchant_code: of the school at VNPay, likewise.
    """
    account = {**SIMULATED, "account_number": account_number or SIMULATED["account_number"]}
    number = ":".join(account[name] for name in ("bank_bin", "account_number", "account_name"))
    keys = {
        "vnpay": ["--tmn-code", merchant_code or SIMULATED["merchant_code"], "--secret", SIMULATED["vnpay_secret"]],
        "bank_notices": ["--secret", SIMULATED["bank_secret"], "--account", number],
    }
    told = {name: ["--notify-url", notify[name]] if name in notify else [] for name in keys}
    return {
        name: [sys.executable, "-m", f"integrations.{name}.simulator", *told[name], *words]
        for name, words in keys.items()
    }


def simulators_at(ports: Mapping[str, int], notify: Mapping[str, str]) -> list[list[str]]:
    """The simulators of the first demo school on given ports."""
    return [[*words, "--port", str(ports[name])] for name, words in simulator_commands(notify).items()]


PORTS = {"vnpay": 8091, "bank_notices": 8092}
OTHERS = {
    "momo": 8093,
    "zalopay": 8094,
    "stripe": 8095,
    "portal_payment": 8096,
    "einvoice": 8097,
    "signing_csc": 8099,
    "signing_smartca": 8100,
    "signing_agent": 8101,
}
"""Simulators that need no account of a school; wallets notify the address of an order, the others a registered one."""
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
def simulators() -> None:
    others = [
        [sys.executable, "-m", f"integrations.{name}.simulator", "--port", str(port)] for name, port in OTHERS.items()
    ]
    run_together([*simulators_at(PORTS, {}), *others])


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
