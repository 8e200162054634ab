"""What the simulated service knows and does, by the texts of CSC API 1.0.4.0 and 2.0.0.2."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.sdk.testing.simulators import KeyHolder, key_holder

from .settings import Settings, SigningFaults

CREDENTIAL = "cred-hoa-01"
RSA, RSA_SHA256, SHA256 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.2.1"


class RefusedError(Exception):
    """An error of the standard, with its HTTP status."""

    def __init__(self, description: str, code: str = "invalid_request", status: int = 400) -> None:
        super().__init__(description)
        self.code, self.status = code, status


@dataclass
class Grant:
    """One confirmation."""

    allowed: int
    hashes: frozenset[str]
    until: float
    used: set[str] = field(default_factory=set)


class Service:
    """The books of the simulator; `calls` counts each method."""

    def __init__(self, settings: Settings, faults: SigningFaults) -> None:
        self.settings, self.faults = settings, faults
        self.calls: Counter[str] = Counter()
        self._grants: dict[str, Grant] = {}
        self._holder = key_holder()

    @property
    def holder(self) -> KeyHolder:
        return self._holder

    @property
    def token(self) -> str:
        return hashlib.sha256(f"token {self.settings.secret}".encode()).hexdigest()

    def reset(self) -> None:
        """Empty books."""
        self.calls.clear()
        self._grants.clear()

    def answer(self, method: str, asked: dict[str, Any], *, second: bool) -> dict[str, Any]:
        """One method of the interface."""
        self.calls[method] += 1
        if method not in ("info", "credentials/list") and asked.get("credentialID") != CREDENTIAL:
            raise RefusedError("Invalid parameter credentialID")
        if method == "info":
            offered = ["credentials/extendTransaction"] if self.settings.extends else []
            return {"specs": "2.0.0.2" if second else "1.0.4.0", "methods": ["signatures/signHash", *offered]}
        if method == "credentials/list":
            return {"credentialIDs": [CREDENTIAL]}
        if method == "credentials/info":
            return self._info(second=second)
        if method in ("credentials/sendOTP", "credentials/getChallenge"):
            return {}
        if method == "credentials/authorize":
            return self._authorize(asked, second=second)
        if method == "credentials/extendTransaction":
            return self._extend(asked, second=second)
        if method == "signatures/signHash":
            return self._sign(asked, second=second)
        raise RefusedError("no such method", status=404)

    def _info(self, *, second: bool) -> dict[str, Any]:
        settings = self.settings
        both: dict[str, Any] = {
            "description": "simulated",
            "key": {"status": "enabled", "algo": [RSA, RSA_SHA256], "len": 2048},
            "cert": {"status": "valid", "certificates": self._holder.texts()},
            "multisign": settings.multisign,
            "SCAL": settings.scal,
        }
        if second:
            pin = {"type": "Password", "id": "PIN", "format": "N"}
            otp = {"type": "Password", "id": "OTP", "format": "N", "generator": "sms"}
            return {**both, "auth": {"mode": "explicit", "expression": "PIN AND OTP", "objects": [pin, otp]}}
        return {
            **both,
            "authMode": "explicit",
            "PIN": {"presence": "true"},
            "OTP": {"presence": "true", "type": "online"},
        }

    def _authorize(self, asked: dict[str, Any], *, second: bool) -> dict[str, Any]:
        if second:
            given = {one["id"]: one["value"] for one in asked.get("authData", [])}
            if asked.get("hashAlgorithmOID") != SHA256:
                raise RefusedError("Invalid parameter hashAlgorithmOID")
        else:
            given = {name: asked.get(name, "") for name in ("PIN", "OTP")}
        if given.get("PIN") != self.settings.pin:
            raise RefusedError("The PIN is invalid", "invalid_pin")
        if given.get("OTP") != self.settings.otp or self.faults.take("wrong_code"):
            raise RefusedError("The OTP is invalid", "invalid_otp")
        hashes = _hashes(asked, second=second)
        number = asked.get("numSignatures")
        if not isinstance(number, int) or not 0 < number <= self.settings.multisign or len(hashes) != number:
            raise RefusedError("Numbers of signatures is too high")
        return self._grant(Grant(number, frozenset(hashes), 0.0))

    def _grant(self, grant: Grant) -> dict[str, Any]:
        sad, seconds = secrets.token_urlsafe(24), self.faults.sad_seconds
        grant.until = time.monotonic() + seconds
        self._grants[sad] = grant
        return {"SAD": sad, "expiresIn": seconds}

    def _granted(self, asked: dict[str, Any]) -> Grant:
        grant = self._grants.get(asked.get("SAD", ""))
        if grant is None:
            raise RefusedError("Invalid parameter SAD")
        if time.monotonic() >= grant.until:
            raise RefusedError("The SAD has expired")
        return grant

    def _extend(self, asked: dict[str, Any], *, second: bool) -> dict[str, Any]:
        grant = self._granted(asked)
        if not set(_hashes(asked, second=second)) <= grant.hashes:
            raise RefusedError("Hash is not authorized by the SAD")
        del self._grants[asked["SAD"]]
        return self._grant(grant)

    def _sign(self, asked: dict[str, Any], *, second: bool) -> dict[str, Any]:
        grant, hashes = self._granted(asked), _hashes(asked, second=second)
        if asked.get("signAlgo") not in (RSA, RSA_SHA256) or not 0 < len(hashes) <= self.settings.most:
            raise RefusedError("Invalid parameter signAlgo, or too many hashes")
        if self.settings.scal == "2" and not set(hashes) <= grant.hashes:
            raise RefusedError("Hash is not authorized by the SAD")
        if self.faults.take("partial"):
            hashes = hashes[: max(1, len(hashes) // 2)]
        if len(grant.used | set(hashes)) > grant.allowed:
            raise RefusedError("Numbers of signatures is too high")
        grant.used |= set(hashes)
        key = key_holder("Người khác", "001188000099") if self.faults.take("other_key") else self._holder
        return {"signatures": [self._signed(key, text) for text in hashes]}

    def _signed(self, holder: KeyHolder, text: str) -> str:
        digest = bytes(32) if self.faults.take("wrong_signature") else base64.b64decode(text)
        return base64.b64encode(holder.sign(digest)).decode()


def _hashes(asked: dict[str, Any], *, second: bool) -> list[str]:
    found = asked.get("hashes" if second else "hash")
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise RefusedError("Missing (or invalid type) array parameter hash")
    if any(len(base64.b64decode(one)) != 32 for one in found):
        raise RefusedError("Invalid digest value length")
    return found
