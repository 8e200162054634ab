"""The world around a demo school: the simulators of bank and VNPay, as programs of their own, at any moment."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from core.data.context import Context
from core.kernel.registry import Registry
from core.payments import channels, inbox, providers
from core.payments.attempts import POLL
from core.payments.port import Notice, Verified
from core.sdk.demo import Transfer, Visit
from core.types.actor import Actor
from core.types.contributions import StatementReader, Task
from core.work import upkeep

from .inline import run_due

_ROOT = Path(__file__).resolve().parents[3]
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outside:
    """A `core.sdk.demo.Stage`: the simulators write and sign, the product's own intake verifies and stores."""

    tasks: Mapping[str, Task]
    readers: Sequence[StatementReader]
    people: Mapping[str, Actor]
    addresses: Mapping[str, str]
    """Of the simulators, by provider."""
    account: str

    def staff(self, role: str) -> Actor:
        return self.people[role]

    def transfers(self, ctx: Context, wanted: Sequence[Transfer]) -> None:
        asked = [
            {
                "account": self.account,
                "at": transfer.at.isoformat(),
                "amount": transfer.amount,
                "memo": transfer.memo,
                "payer": transfer.payer,
                "direction": "in" if transfer.incoming else "out",
            }
            for transfer in wanted
        ]
        notices = self._ask("bank_notices", "/control/notices", {"transfers": asked})["notices"]
        told = [(notice, transfer.at) for notice, transfer in zip(notices, wanted, strict=True) if transfer.told]
        self._hand_in(ctx, "bank_notices", told)

    def visits(self, ctx: Context, provider: str, wanted: Sequence[Visit]) -> None:
        asked = [{"url": visit.url, "outcome": visit.outcome, "at": visit.at.isoformat()} for visit in wanted]
        notices = self._ask(provider, "/control/notices", {"payments": asked})["notices"]
        self._hand_in(ctx, provider, [(notice, visit.at) for notice, visit in zip(notices, wanted, strict=True)])

    def statement(self, first: datetime, last: datetime) -> bytes:
        asked = urlencode({"account": self.account, "from": first.isoformat(), "to": last.isoformat()})
        return _call(f"{self.addresses['bank_notices']}/statement.xlsx?{asked}")

    def work(self, ctx: Context) -> int:
        return run_due(ctx, self.tasks)

    def _ask(self, provider: str, path: str, body: Json) -> Json:
        answer: Json = json.loads(_call(self.addresses[provider] + path, json.dumps(body).encode()))
        return answer

    def _hand_in(self, ctx: Context, name: str, notices: Sequence[tuple[Json, datetime]]) -> None:
        """Verify each notice over its bytes, store it, and book it: what the address for notices and a worker do."""
        provider = providers.get(name)
        channel = next(c for c in channels.all_of(ctx) if c.provider == name)
        for made, moment in notices:
            notice = Notice(
                made["method"], made["query"].encode(), made["headers"], made["body"].encode(), moment, "127.0.0.1"
            )
            read = provider.receive(notice, channel.config)
            if not isinstance(read, Verified):
                raise RuntimeError(f"the simulator of {name} made a notice that is refused: {read.reason}")
            inbox.store(_at(ctx, moment), provider.flow == "redirect", channel, notice, read)
        self.work(ctx)


def _at(ctx: Context, moment: datetime) -> Context:
    return replace(ctx, clock=lambda: moment)


@contextmanager
def outside(
    registry: Registry, people: Mapping[str, Actor], commands: Mapping[str, Sequence[str]], account: str
) -> Iterator[Outside]:
    """Start simulators on free ports for as long as the block lasts.

    Args:
        people: who holds which role at the school.
        commands: command line by provider, without the port.
        account: number of the school's account.
    """
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(_running(command)) for name, command in commands.items()}
        # Questions to providers are left to the worker: in a made-up past there is nobody who could answer them.
        tasks = {name: task for name, task in upkeep.tasks(registry).items() if name != POLL}
        yield Outside(tasks, registry.statement_readers(), people, addresses, account)


@contextmanager
def _running(command: Sequence[str]) -> Iterator[str]:
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            if "http://127.0.0.1:" not in said:
                raise RuntimeError(f"a simulator did not start: {' '.join(command[:3])}")
            yield "http://127.0.0.1:" + said.rsplit(":", 1)[1].strip()
        finally:
            process.terminate()
            process.wait(10)


def _call(url: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  (loopback)
    with _OPENER.open(request, timeout=60) as answer:
        content: bytes = answer.read()
        return content
