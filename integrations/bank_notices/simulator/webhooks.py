"""Notices in SePay's form, signed by the simulator's own code."""

from __future__ import annotations

import hmac
import json
import urllib.request
from datetime import datetime

from core.sdk.testing.simulators import Courier, Letter, Reply, local

from .bank import Movement
from .faults import BankFaults
from .settings import Settings

RETRY_WAITS = [60.0 * minutes for minutes in (1, 1, 2, 3, 5, 8, 13)]
"""Seven more calls at Fibonacci minutes, 33 minutes in all."""


class Notifier:
    """Tells the school about each movement."""

    def __init__(self, settings: Settings, faults: BankFaults) -> None:
        self._settings = settings
        self.courier = Courier(faults, RETRY_WAITS, settings.speed, accepted)

    def tell(self, movement: Movement, after: float = 0.0) -> None:
        """Notify about a movement."""
        self._send(self.letter(movement.reference, document(movement)), after)

    def letter(self, about: str, content: dict[str, object], at: datetime | None = None) -> Letter:
        """A notice that is not sent; `at` stands for the moment of each call."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Letter(about, lambda tampered: self._request(body, tampered, at))

    def ping(self) -> None:
        """The test call of the notifier's settings page."""
        self._send(self.letter("ping", {"id": 0, "content": "test", "transferType": "in", "transferAmount": 0}))

    def _send(self, letter: Letter, after: float = 0.0) -> None:
        if self._settings.notify_url:
            self.courier.post(letter, after)

    def _request(self, body: bytes, tampered: bool, at: datetime | None) -> urllib.request.Request:
        address = self._settings.notify_url or "http://127.0.0.1/"
        request = urllib.request.Request(address, method="POST")  # noqa: S310 - loopback
        request.add_header("Content-Type", "application/json")
        for name, value in proof(self._settings, body, local(at)).items():
            request.add_header(name, value)
        request.data = body.replace(b'"transferAmount":', b'"transferAmount":9') if tampered else body
        return request


def proof(settings: Settings, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove the sender, made afresh for each call."""
    if settings.auth == "apikey":
        return {"Authorization": f"Apikey {settings.secret}"}
    stamp = str(int(now.timestamp()))
    digest = hmac.digest(settings.secret.encode(), b"%s.%s" % (stamp.encode(), body), "sha256")
    return {"X-SePay-Timestamp": stamp, "X-SePay-Signature": f"sha256={digest.hex()}"}


def document(movement: Movement) -> dict[str, object]:
    """A movement as SePay tells it."""
    return {
        "id": movement.number,
        "gateway": "MBBank",
        "transactionDate": movement.at.strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": movement.account,
        "code": None,
        "content": movement.text,
        "transferType": "in" if movement.incoming else "out",
        "transferAmount": movement.amount,
        "accumulated": movement.balance,
        "subAccount": None,
        "referenceCode": movement.reference,
        "description": f"{movement.payer} {movement.text}".strip(),
    }


def accepted(reply: Reply) -> bool:
    """SePay is content with 2xx and `success`."""
    if not 200 <= reply.status < 300:
        return False
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("success") is True
