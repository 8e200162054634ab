"""The simulator's own signatures, written from MoMo's document and not from the adapter."""

from __future__ import annotations

import hmac
from collections import defaultdict

TEXTS = {
    "create": (
        "accessKey={accessKey}&amount={amount}&extraData={extraData}&ipnUrl={ipnUrl}&orderId={orderId}"
        "&orderInfo={orderInfo}&partnerCode={partnerCode}&redirectUrl={redirectUrl}&requestId={requestId}"
        "&requestType={requestType}"
    ),
    "notice": (
        "accessKey={accessKey}&amount={amount}&extraData={extraData}&message={message}&orderId={orderId}"
        "&orderInfo={orderInfo}&orderType={orderType}&partnerCode={partnerCode}&payType={payType}"
        "&requestId={requestId}&responseTime={responseTime}&resultCode={resultCode}&transId={transId}"
    ),
    "query": "accessKey={accessKey}&orderId={orderId}&partnerCode={partnerCode}&requestId={requestId}",
    "refund": (
        "accessKey={accessKey}&amount={amount}&description={description}&orderId={orderId}"
        "&partnerCode={partnerCode}&requestId={requestId}&transId={transId}"
    ),
    "confirm": (
        "accessKey={accessKey}&amount={amount}&description={description}&orderId={orderId}"
        "&partnerCode={partnerCode}&requestId={requestId}&requestType={requestType}"
    ),
}


def signature(secret: str, access_key: str, what: str, fields: dict[str, object]) -> str:
    """The signature of a message."""
    values: defaultdict[str, object] = defaultdict(str, fields)
    values["accessKey"] = access_key
    text = TEXTS[what].format_map(values)
    return hmac.digest(secret.encode("utf-8"), text.encode("utf-8"), "sha256").hex()
