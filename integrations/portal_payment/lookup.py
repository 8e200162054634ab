"""The portal asks whether there is a bill under a number (`dptracuuthanhtoanhs`).

The meaning of `error_code` is inverted there: 1 = there is a bill, 0 = nothing to pay, -1 = error. How the portal
proves itself is not public: here by `X-Signature`, an HMAC-SHA256 over the raw body, which must be young
(`ThoiGianGD`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from core.sdk import wire
from core.sdk.payments import Answer, Config, Notice, Payable, Refusal, Refused

from . import account, signing, times

BILL, NOTHING, ERROR = 1, 0, -1
HEADER = "x-signature"
TOLERANCE = timedelta(minutes=5)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def read(notice: Notice, config: Config) -> str | Refused:
    """The number that a genuine question names."""
    key = config.get("lookup_key", "")
    if not key or not signing.same(signing.of_body(notice.body, key), notice.headers.get(HEADER, "")):
        return Refused(Refusal.BAD_SIGNATURE, "a lookup without the right signature")
    try:
        asked = wire.texts(wire.read_object(notice.body))
    except wire.MalformedError as error:
        return Refused(Refusal.MALFORMED, str(error))
    if abs(notice.received_at - times.read(asked.get("ThoiGianGD", ""), _LONG_AGO)) > TOLERANCE:
        return Refused(Refusal.STALE, "a lookup of another time")
    return asked.get("MaHoSo") or Refused(Refusal.MALFORMED, "a lookup without a number")


def answer(found: Payable | Refused | None, config: Config) -> Answer:
    """1 with what is to be paid, to whom and under which number, and nothing else; 0; or -1."""
    if isinstance(found, Refused):
        return _say(403 if found.reason is Refusal.BAD_SIGNATURE else 400, ERROR, found.reason.value)
    if found is None:
        return _say(200, NOTHING, [])
    bill = account.bill(found.reference, found.amount, config)
    wanted = ("MaDichVu", "PhiLePhi", "TKThuHuong", "MaNHThuHuong", "DSKhoanNop")
    shown = {name: bill[name] for name in wanted}
    return _say(200, BILL, {"MaTraCuuTT": found.reference, "MaHoSo": found.asked, **shown})


def _say(status: int, code: int, message: object) -> Answer:
    return Answer(status, json.dumps({"error_code": code, "message": message}, ensure_ascii=False))
