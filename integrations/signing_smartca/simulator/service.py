"""What the simulated service knows: users, orders, and what their phones have said."""

from __future__ import annotations

import base64
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.sdk.testing.simulators import Faults, KeyHolder, key_holder

_CODES = {"waiting": 4000, "expired": 4001, "declined": 4002, "signed": 200}
Reply = tuple[int, str, dict[str, Any] | None]


@dataclass
class SigningFaults(Faults):
    """Knobs of this service."""

    partial: int = 0
    """So many status answers leave out the last signature."""
    wrong_signature: int = 0
    """So many signatures are of another digest."""
    other_key: int = 0
    """So many confirmed orders are signed with somebody else's key."""
    lives_seconds: int = 300
    """How long an order waits for the app."""


@dataclass
class Placed:
    """An order."""

    id: str
    code: str
    user: str
    files: dict[str, str]
    until: float
    state: str = "waiting"
    key: KeyHolder | None = None


class Service:
    """The books of the simulator; `calls` counts what was asked and confirmed."""

    def __init__(self, faults: SigningFaults) -> None:
        self.faults, self.calls = faults, Counter[str]()
        self._orders: dict[str, Placed] = {}
        self._by_code: dict[str, Placed] = {}

    def reset(self) -> None:
        """Empty books."""
        self.calls.clear()
        self._orders.clear()
        self._by_code.clear()

    def certificates(self, asked: dict[str, Any]) -> Reply:
        """credentials/get_certificate"""
        self.calls["get_certificate"] += 1
        holder = key_holder(number=str(asked.get("user_id", "")))
        own, *above = holder.texts()
        found = {"serial_number": _serial(holder), "cert_data": own, "chain_data": {"root_cert": above[-1]}}
        return 200, "Success", {"user_certificates": [found]}

    def sign(self, asked: dict[str, Any]) -> Reply:
        """signatures/sign"""
        self.calls["sign"] += 1
        files = {one["doc_id"]: one["data_to_be_signed"] for one in asked["sign_files"]}
        if any(len(bytes.fromhex(text)) != 32 for text in files.values()):
            return 400, "data_to_be_signed invalid", None
        id = str(asked["transaction_id"])
        known = self._orders.get(id)
        if known is None:
            until = time.monotonic() + self.faults.lives_seconds
            known = Placed(id, f"SP769-{len(self._orders) + 1:06d}", str(asked["user_id"]), files, until)
            self._orders[id] = self._by_code[known.code] = known
            self.calls["orders"] += 1
        if known.files != files:
            return 409, "transaction_id duplicated", None
        return 200, "Success", {"transaction_id": id, "tran_code": known.code}

    def status(self, code: str) -> Reply:
        """signatures/sign/<tran_code>/status"""
        self.calls["status"] += 1
        found = self._by_code.get(code)
        if found is None:
            return 404, "not found", None
        if found.state == "waiting" and time.monotonic() >= found.until:
            found.state = "expired"
        if found.state != "signed":
            return _CODES[found.state], found.state, None
        signatures = [self._signed(found, name, text) for name, text in found.files.items()]
        if self.faults.take("partial"):
            signatures = signatures[:-1]
        return 200, "Success", {"transaction_id": found.id, "signatures": signatures}

    def decide(self, id: str, *, yes: bool) -> bool:
        """What the user does in the app."""
        found = self._orders[id]
        if found.state != "waiting":
            return False
        found.state = "signed" if yes else "declined"
        found.key = key_holder("Người khác", "001188000099") if self.faults.take("other_key") else None
        return True

    def _signed(self, order: Placed, name: str, text: str) -> dict[str, str]:
        holder = order.key or key_holder(number=order.user)
        digest = bytes(32) if self.faults.take("wrong_signature") else bytes.fromhex(text)
        return {"doc_id": name, "signature_value": base64.b64encode(holder.sign(digest)).decode()}


def _serial(holder: KeyHolder) -> str:
    return f"54010101{holder.number}"
