"""Settings that both shapes share, and the part of a request that says what is paid and to whom.

Names, numbers and addresses of payers are fields of the platform too; they are sent empty: a school fee is paid without
them (minimal data, Law 91/2025/QH15).
"""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk.payments import Attempt, Config, Field
from core.sdk.text import Message, _
from core.sdk.wire import is_web_address

WHAT = "Khoan thu cua truong"
"""Told of every bill, whatever it is for."""
MOST = 500_000_000
BENEFICIARY: tuple[Field, ...] = (
    Field("service_code", _("Code of the service (MaDichVu)"), required=False, default="2"),
    Field("procedure_code", _("Code of the procedure (MaTTHC)"), required=False),
    Field("unit_code", _("Code of the unit (MaDonVi)"), required=False),
    Field("beneficiary_account", _("Account that receives the money (TKThuHuong)"), required=False),
    Field("beneficiary_bank", _("Its bank (MaNHThuHuong)"), required=False),
    Field("beneficiary_name", _("Its owner (TenTKThuHuong)"), required=False),
    Field("token", _("Access token (Bearer)"), secret=True, required=False),
)
LOOKUP: tuple[Field, ...] = (
    Field(
        "lookup_key",
        _("Key of bill lookups"),
        secret=True,
        required=False,
        help=_("Agreed with the platform. Without it nobody can ask whether there is a bill."),
    ),
)


def problems(config: Config, secrets: tuple[str, ...]) -> dict[str, Message]:
    """What is wrong with the settings that both shapes have."""
    found: dict[str, Message] = {}
    code = config.get("merchant_code", "")
    if not 1 <= len(code) <= 50 or not code.isascii() or not code.replace("_", "").replace("-", "").isalnum():
        found["merchant_code"] = _("The partner code consists of letters and digits.")
    for name in secrets:
        if not config.get(name, "").strip():
            found[name] = _("This key is missing.")
    if not is_web_address(config.get("api_url", "")):
        found["api_url"] = _("This is not a web address.")
    return found


def refuse_odd(attempt: Attempt) -> None:
    """Raises ValueError for what the platform does not carry."""
    if attempt.currency != "VND":
        raise ValueError("the platform carries VND only")
    if not 1_000 <= attempt.amount <= MOST:
        raise ValueError(f"the platform carries 1,000 to {MOST:,} VND")


def bill(reference: str, amount: int, config: Config) -> Mapping[str, object]:
    """`ThongTinBienLai` and `bill_info`: one fee, by our reference."""
    fee = {"LoaiPhiLePhi": "2", "MaPhiLePhi": reference, "TenPhiLePhi": WHAT, "SoTien": str(amount)}
    return {
        "MaDichVu": config.get("service_code") or "2",
        "MaDVC": "",
        "MaTTHC": config.get("procedure_code", ""),
        "MaDonVi": config.get("unit_code", ""),
        "MaHoSo": reference,
        "TKThuHuong": config.get("beneficiary_account", ""),
        "MaNHThuHuong": config.get("beneficiary_bank", ""),
        "TenTKThuHuong": config.get("beneficiary_name", ""),
        "HoTenNguoiNop": "",
        "SoCMNDNguoiNop": "",
        "DiaChiNguoiNop": "",
        "PhiLePhi": [fee],
        "DSKhoanNop": [{"NoiDung": WHAT, "SoTien": str(amount)}],
    }
