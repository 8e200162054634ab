"""The messages of version 1.0.6, told apart by `LoaiBanTin`: INIT, CONFIRM, QUERY, GET_BILL; the form of the return."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode, urlsplit

from core.sdk import wire
from core.sdk.payments import (
    Attempt,
    Config,
    Declined,
    Fact,
    FactKind,
    HttpClient,
    Notice,
    Probe,
    Redirect,
    Refusal,
    Refused,
    Unknown,
    Verified,
)
from core.sdk.text import _

from . import account, receipts, signing, times
from .calls import fine, inner, post, post_raw

VERSION = "1.0.6"
CONFIRM = "CONFIRM"
PAID, BANK_TIMEOUT, FAILED = "1", "3", "4"
"""`TrangThaiGD`."""
NOBODY = "TRUONGTEST0"
_REQUIRED = ("MaThamChieu", "SoTien", "MaTienTe", "MaLoi")
_SUPPORT = ("MaLoi", "MaGiaoDich", "MaNganHang", "ThoiGianGD", "TrangThaiGD", "UrlBienLai")


def _signed(fields: dict[str, str], order: tuple[str, ...], config: Config) -> dict[str, object]:
    mac = signing.platform(fields, order, config.get("secret_key", ""), config.get("algorithm") or "sha256")
    return {**fields, "MaXacThuc": mac}


def init_fields(attempt: Attempt, config: Config) -> dict[str, str]:
    """The signed fields of INIT: nothing but the attempt decides them, so a repetition is the same."""
    return {
        "LoaiBanTin": "INIT",
        "PhienBan": VERSION,
        "MaDoiTac": config.get("merchant_code", ""),
        "MaThamChieu": attempt.reference,
        "SoTien": str(attempt.amount),
        "LoaiHinhThanhToan": "PAY",
        "MaKenhThanhToan": "1",
        "MaThietBi": "1",
        "NgonNgu": "en-US" if attempt.locale.startswith("en") else "vi-VN",
        "MaTienTe": "VND",
        "MaNganHang": "PAYMENT",
        "ThongTinGiaoDich": f"{account.WHAT} {attempt.reference}",
        "ThoiGianGD": times.written(attempt.created_at),
        "Ip": attempt.payer_ip,
    }


def place(attempt: Attempt, config: Config, http: HttpClient) -> Redirect | Declined | Unknown:
    """INIT; its answer names the page for the payer."""
    body = _signed(init_fields(attempt, config), signing.INIT, config)
    bill = account.bill(attempt.reference, attempt.amount, config)
    answer = post(config.get("api_url", ""), {**body, "ThongTinBienLai": bill}, config, http)
    if isinstance(answer, Unknown):
        return answer
    code = wire.texts(answer).get("error_code", "")
    if not code:
        return Unknown("INIT answered without a code")
    if not fine(code):
        return Declined(
            _("The portal does not take this payment (code %(code)s).", code=wire.clean(code, 20)),
            f"INIT answered {wire.clean(code, 20)}",
        )
    url = inner(answer.get("message")).get("UrlThanhToan", "")
    if urlsplit(url).scheme not in ("https", "http"):
        return Unknown("INIT answered without an address")
    return Redirect(url)


def read_notice(notice: Notice, config: Config) -> Verified | Refused:
    """Verify and read one CONFIRM, over the digits that were sent."""
    if notice.method.upper() != "POST":
        return Refused(Refusal.MALFORMED, "the platform notifies by POST")
    try:
        fields = wire.texts(wire.read_object(notice.body))
        algorithm, secret = config.get("algorithm") or "sha256", config.get("secret_key", "")
        wanted = signing.platform(fields, signing.CONFIRM, secret, algorithm)
        if not secret or not signing.same(wanted, fields.get("MaXacThuc", "")):
            return Refused(Refusal.BAD_SIGNATURE, "wrong MaXacThuc" if fields.get("MaXacThuc") else "no MaXacThuc")
        if fields.get("MaDoiTac", "") != config.get("merchant_code", ""):
            return Refused(Refusal.WRONG_MERCHANT, "signed for another partner")
        if fields.get("LoaiBanTin", "") != (config.get("confirm_type") or CONFIRM):
            return Refused(Refusal.MALFORMED, "another type of message")
        if not all(fields.get(name) for name in _REQUIRED):
            return Refused(Refusal.MALFORMED, "a required field is missing")
        kind = FactKind.PAID if fields["MaLoi"] == "00" else FactKind.FAILED
        fact = _fact(kind, fields, fields["MaThamChieu"], notice.received_at)
    except (wire.MalformedError, signing.AmbiguousError) as error:
        return Refused(Refusal.MALFORMED, str(error))
    return Verified("confirm:" + hashlib.sha256(wanted.encode()).hexdigest(), (fact,))


def query(attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> tuple[Fact, ...] | Unknown:
    """QUERY. 3 (the bank gave no answer) decides nothing, however often it comes: it is asked again."""
    answer = _ask("QUERY", attempt.reference, attempt.created_at, config, http)
    if isinstance(answer, Unknown):
        return answer
    fields = wire.texts(answer)
    named = fields.get("MaThamChieu", "")
    state = fields.get("TrangThaiGD", "")
    if not fine(fields.get("MaLoi", "")) or named not in ("", attempt.reference):
        return Unknown(f"QUERY answered {wire.clean(fields.get('MaLoi', ''), 20) or 'nothing'}")
    if state not in (PAID, FAILED):
        return Unknown(f"QUERY answered with state {wire.clean(state, 20) or 'none'}")
    # An amount that the platform does not tell is not taken from our own question.
    told = {**fields, "MaDoiTac": config.get("merchant_code", ""), "MaTienTe": fields.get("MaTienTe") or "VND"}
    if state == FAILED:
        told["SoTien"] = fields.get("SoTien") or str(attempt.amount)
    try:
        return (_fact(FactKind.PAID if state == PAID else FactKind.FAILED, told, attempt.reference, now),)
    except wire.MalformedError as error:
        return Unknown(str(error))


def receipt(attempt: Attempt, config: Config, http: HttpClient) -> receipts.Receipt | Unknown:
    """GET_BILL."""
    content = post_raw(config.get("api_url", ""), _about("GET_BILL", attempt.reference, attempt.created_at, config),
                       config, http)  # fmt: skip
    return content if isinstance(content, Unknown) else receipts.read(content)


def _about(kind: str, reference: str, moment: datetime, config: Config) -> dict[str, object]:
    fields = {
        "LoaiBanTin": kind,
        "PhienBan": VERSION,
        "MaDoiTac": config.get("merchant_code", ""),
        "MaThamChieu": reference,
        "ThoiGianGD": times.written(moment),
    }
    return _signed(fields, signing.QUERY, config)


def _ask(
    kind: str, reference: str, moment: datetime, config: Config, http: HttpClient
) -> dict[str, wire.Json] | Unknown:
    return post(config.get("api_url", ""), _about(kind, reference, moment, config), config, http)


def _fact(kind: FactKind, fields: Mapping[str, str], reference: str, now: datetime) -> Fact:
    number = wire.clean(fields.get("MaGiaoDich", ""), 64).strip()
    if kind is FactKind.PAID and not number:
        raise wire.MalformedError("MaGiaoDich is missing")
    return Fact(
        kind=kind,
        provider_txn=number or reference,
        amount=wire.amount(fields.get("SoTien", "")),
        currency=wire.clean(fields.get("MaTienTe", ""), 3).upper(),
        occurred_at=times.read(fields.get("ThoiGianGD", ""), now),
        reference=wire.clean(reference, 64),
        merchant=fields.get("MaDoiTac", ""),
        data={name: wire.clean(fields[name], 200) for name in _SUPPORT if fields.get(name)},
    )


def read_form(body: bytes, config: Config) -> tuple[str, bytes] | None:
    """The form of the return: the field `data` is JSON in base64. It is not signed; it only finds the payer's page."""
    try:
        data = wire.read_query(body).get("data", "")
        reference = _decoded(data).get("MaThamChieu", "")
    except (wire.MalformedError, binascii.Error):
        return None
    return (reference, urlencode({"data": data}).encode()) if reference else None


def read_return(query: bytes, config: Config) -> Literal["success", "failure", "unknown"]:
    """What that form claims. Display only; signed or not, it is never booked."""
    try:
        fields = _decoded(wire.read_query(query).get("data", ""))
    except (wire.MalformedError, binascii.Error):
        return "unknown"
    if fields.get("MaDoiTac") != config.get("merchant_code") or not fields.get("MaLoi"):
        return "unknown"
    return "success" if fields["MaLoi"] == "00" else "failure"


def _decoded(data: str) -> dict[str, str]:
    return wire.texts(wire.read_object(base64.b64decode(data.encode(), validate=True)))


def probe(config: Config, http: HttpClient, now: datetime) -> Probe:
    """QUERY for a payment that cannot exist: a code of the platform proves address and partner as far as it can."""
    answer = _ask("QUERY", NOBODY, now, config, http)
    if isinstance(answer, Unknown):
        if answer.detail == "no answer":
            return Probe(
                False, _("The portal does not answer at this address. Please check the address and the network.")
            )
        return Probe(False, _("Something answers at this address, but it is not the portal's platform."))
    code = wire.clean(wire.texts(answer).get("MaLoi", ""), 20)
    if not code:
        return Probe(False, _("Something answers at this address, but it is not the portal's platform."))
    if code == "97":
        return Probe(False, _("The portal refuses the partner code or the secret."))
    return Probe(
        True, _("The portal answers (code %(code)s). Its codes are not published: try a small payment.", code=code)
    )
