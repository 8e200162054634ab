"""Talking with the signing service. No transaction is open while it thinks; what it says is taken in one of its own.

Killed anywhere: an order is kept before the service hears of it, the same order again is the same there, and a
signature is put in place in one transaction with the end of its line. So whatever was lost is asked for again, and
nothing is signed twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from core.sdk import Context, Outside
from core.sdk import signing as ports

from .orders import Order, load_order
from .taking import give_up, take

log = logging.getLogger(__name__)
Opened = Callable[[], AbstractContextManager[Context]]
Answer = ports.Signing | ports.NoAnswer
GRACE = timedelta(hours=1)
"""How long after its end an order is still asked about: the signer may have confirmed in the last second."""


def begin(opened: Opened, order_id: UUID) -> Answer | None:
    """Hand an order over, or look where it is once it was; None for one that has ended."""
    with opened() as ctx:
        order, now = load_order(ctx, order_id), ctx.now()
    if not order.open:
        return None
    provider, client = _service(order)
    if order.begun:
        answer = provider.poll(order.port, order.account.config, client, now)
    else:
        answer = provider.begin(order.port, order.account.config, client, now)
    return _taken(opened, order_id, answer)


def authorise(opened: Opened, order_id: UUID, code: str) -> Answer | None:
    """Hand the signer's confirmation on: the code they typed, or what the agent in their browser answered."""
    if (first := begin(opened, order_id)) is None or isinstance(first, ports.NoAnswer):
        return first
    with opened() as ctx:
        order, now = load_order(ctx, order_id), ctx.now()
    if order.state != "prepared":
        return first
    provider, client = _service(order)
    return _taken(opened, order_id, provider.authorise(order.port, code, order.account.config, client, now))


def poll(opened: Opened, order_id: UUID) -> Answer | None:
    """Ask where an order is."""
    return begin(opened, order_id)


def asked_by_job(ctx: Context, order_id: UUID) -> Outside | None:
    """The same for a job, for those who confirm on their telephone and close the page."""
    order, now = load_order(ctx, order_id, mine=False), ctx.now()
    if not order.open:
        return None
    if not order.begun and order.expires_at <= now:
        give_up(ctx, order, "expired")
        return None
    provider, client = _service(order)
    ask = provider.poll if order.begun else provider.begin

    def then(ctx: Context, answer: Answer) -> None:
        _keep(ctx, order_id, answer)

    return Outside(lambda: ask(order.port, order.account.config, client, now), then)


def _service(order: Order) -> tuple[ports.SigningProvider, ports.HttpClient]:
    provider = ports.get(order.account.provider)
    return provider, ports.client(provider, order.account.config)


def _taken(opened: Opened, order_id: UUID, answer: Answer) -> Answer:
    with opened() as ctx:
        _keep(ctx, order_id, answer)
    return answer


def _keep(ctx: Context, order_id: UUID, answer: Answer) -> None:
    if isinstance(answer, ports.Signing):
        take(ctx, order_id, answer)
        return
    log.warning("no answer about signing order %s: %s", order_id, answer.detail)
    order = load_order(ctx, order_id, lock=True, mine=False)
    if order.open and order.expires_at + GRACE <= ctx.now():
        give_up(ctx, order, "expired")
