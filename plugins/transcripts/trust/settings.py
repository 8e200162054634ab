"""Which trust services the installation may ask, and the clients that reach those and no others."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.sdk import Context, Setting, _
from core.sdk.outbound import HttpClient, client
from core.sdk.settings import get

TIMESTAMP_URL = "transcripts.timestamp_url"
REVOCATION_HOSTS = "transcripts.revocation_hosts"
SETTINGS = [
    Setting(
        TIMESTAMP_URL,
        _("Address of the timestamp authority"),
        scope="instance",
        help=_("RFC 3161, as http://tsa.example.vn/. Empty: transcripts are logged without a proof of time."),
    ),
    Setting(
        REVOCATION_HOSTS,
        _("Hosts that tell whether certificates were revoked"),
        scope="instance",
        help=_("Separated by spaces, as ocsp.example.vn crl.example.vn. Addresses in certificates lead to no others."),
    ),
]


def timestamps(ctx: Context) -> tuple[str, HttpClient] | None:
    """The address of the timestamp authority and a client that reaches it; None where there is none."""
    url = str(get(ctx, TIMESTAMP_URL) or "").strip()
    host = urlsplit(url).hostname
    return (url, client(signed=[host])) if host else None


def revocations(ctx: Context) -> HttpClient:
    """A client for `capture`: it reaches the hosts that the operator has entered."""
    return client(signed=str(get(ctx, REVOCATION_HOSTS) or "").split())
