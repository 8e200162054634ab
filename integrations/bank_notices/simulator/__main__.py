"""`python -m integrations.bank_notices.simulator --port 8092 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import DEFAULT_ACCOUNT, Account, Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("bank", 8092, Settings.secret)
    parser.add_argument("--auth", choices=["hmac", "apikey"], default=os.environ.get("BANK_SIMULATOR_AUTH", "hmac"))
    parser.add_argument("--account", action="append", type=_account, metavar="BIN:NUMBER:NAME")
    given = parser.parse_args()
    accounts = tuple(given.account or [DEFAULT_ACCOUNT])
    settings = Settings(given.notify_url, given.secret, given.speed, auth=given.auth, accounts=accounts)
    serve("Bank simulator", create_app(settings), given.port)


def _account(text: str) -> Account:
    bank_bin, number, name = text.split(":", 2)
    return Account(bank_bin, number, name)


if __name__ == "__main__":
    main()
