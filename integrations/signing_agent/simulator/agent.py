"""The program behind the socket: it signs what it is asked to, after the PIN was typed once."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from core.sdk.testing.simulators import Faults, KeyHolder, key_holder


@dataclass
class AgentFaults(Faults):
    """Knobs of the token and its owner."""

    cancel: int = 0
    """So many questions are refused: PIN cancelled."""
    wrong_signature: int = 0
    """So many signatures are of another digest."""
    other_key: int = 0
    """So many signatures are made with somebody else's token."""
    vanish_after: int = -1
    """After so many signatures the token is pulled out, once; -1 for never."""


@dataclass
class Agent:
    """One computer with one token."""

    holder: KeyHolder = field(default_factory=key_holder)
    faults: AgentFaults = field(default_factory=AgentFaults)
    signed: int = 0
    connections: int = 0

    def answer(self, message: str) -> str:
        """One message of the socket."""
        try:
            asked = json.loads(message)
            digest = base64.b64decode(asked["HashValue"], validate=True)
        except (ValueError, KeyError, TypeError):
            return json.dumps({"Status": 2, "Message": "Dữ liệu không hợp lệ"})
        if asked.get("HashAlg") != "SHA256" or asked.get("Encode") != "RSA" or len(digest) != 32:
            return json.dumps({"Status": 2, "Message": "Dữ liệu không hợp lệ"})
        if self.faults.take("cancel") or self._vanished():
            return json.dumps({"Status": 1, "Message": "Người dùng hủy"}, ensure_ascii=False)
        other = self.faults.take("other_key")
        holder = key_holder("Người khác", "001188000099") if other else self.holder
        signature = holder.sign(bytes(32) if self.faults.take("wrong_signature") else digest)
        self.signed += 1
        told = {"Signature": base64.b64encode(signature).decode(), "CertBase64": holder.texts()[0]}
        return json.dumps({"Status": 0, "Message": "", **told})

    def _vanished(self) -> bool:
        gone = self.faults.vanish_after == self.signed
        if gone:
            self.faults.vanish_after = -1
        return gone
