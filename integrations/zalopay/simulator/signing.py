"""The simulator's own macs, written from ZaloPay's document and not from the adapter."""

from __future__ import annotations

import hmac

FORMS = {
    "create": "{app_id}|{app_trans_id}|{app_user}|{amount}|{app_time}|{embed_data}|{item}",
    "refund": "{app_id}|{zp_trans_id}|{amount}|{description}|{timestamp}",
    "query_refund": "{app_id}|{m_refund_id}|{timestamp}",
    "redirect": "{appid}|{apptransid}|{pmcid}|{bankcode}|{amount}|{discountamount}|{status}",
}


def digest(key: str, text: str) -> str:
    return hmac.digest(key.encode("utf-8"), text.encode("utf-8"), "sha256").hex()


def of_form(key: str, what: str, fields: dict[str, object]) -> str:
    """The mac of a message; a missing field raises KeyError."""
    return digest(key, FORMS[what].format_map(fields))


def of_query(key: str, fields: dict[str, object]) -> str:
    """A query is signed together with the key itself."""
    return digest(key, f"{fields['app_id']}|{fields['app_trans_id']}|{key}")
