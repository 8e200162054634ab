"""The pay request: a signed address for the payer's browser."""

from __future__ import annotations

from core.sdk.payments import Attempt, Config, Redirect

from . import signing, wire

PAY_URL = "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html"
VERSION = "2.1.0"


def pay_redirect(attempt: Attempt, config: Config) -> Redirect:
    """Build the redirect. `remember` keeps `vnp_CreateDate`, which query and refund must name.

    Raises:
        ValueError: for another currency, an amount VNPay cannot carry, or an expiry before the beginning.
    """
    params = pay_params(attempt, config)
    query = signing.canonical_query(params)
    base = config.get("pay_url") or PAY_URL
    url = f"{base}?{query}&{signing.HASH_FIELD}={signing.mac(query, config['hash_secret'])}"
    return Redirect(url, {"vnp_CreateDate": params["vnp_CreateDate"]})


def pay_params(attempt: Attempt, config: Config) -> dict[str, str]:
    """The fields of the request. `vnp_SecureHashType` must not be sent in 2.1.0."""
    if attempt.currency != "VND":
        raise ValueError("VNPay carries VND only")
    if attempt.expires_at <= attempt.created_at:
        raise ValueError("the attempt expires before it begins")
    return {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": config["merchant_code"],
        "vnp_Amount": wire.to_amount(attempt.amount),
        "vnp_CreateDate": wire.to_moment(attempt.created_at),
        "vnp_ExpireDate": wire.to_moment(attempt.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": wire.client_address(attempt.payer_ip, server_address(config)),
        "vnp_Locale": "en" if attempt.locale.startswith("en") else "vn",
        "vnp_OrderInfo": wire.plain(attempt.description) or attempt.reference,
        "vnp_OrderType": config.get("order_type") or "other",
        "vnp_ReturnUrl": attempt.return_url,
        "vnp_TxnRef": attempt.reference,
    }


def server_address(config: Config) -> str:
    """The address that VNPay sees for requests that no payer makes."""
    return config.get("server_ip") or "127.0.0.1"
