"""`python -m integrations.bank_notices.simulator --port 8092 --notify-url http://127.0.0.1:8080/...`"""

from __future__ import annotations

import argparse
import os

from werkzeug.serving import make_server

from .app import create_app
from .settings import DEFAULT_ACCOUNT, Account, Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="bank-simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=int(env("BANK_SIMULATOR_PORT", "8092")))
    parser.add_argument("--notify-url", default=env("BANK_SIMULATOR_NOTIFY_URL", ""))
    parser.add_argument("--secret", default=env("BANK_SIMULATOR_SECRET", Settings.secret))
    parser.add_argument("--auth", choices=["hmac", "apikey"], default=env("BANK_SIMULATOR_AUTH", "hmac"))
    parser.add_argument("--speed", type=float, default=float(env("BANK_SIMULATOR_SPEED", "60")))
    parser.add_argument("--account", action="append", type=_account, metavar="BIN:NUMBER:NAME")
    options = parser.parse_args()
    accounts = tuple(options.account or [DEFAULT_ACCOUNT])
    settings = Settings(options.notify_url, options.secret, options.auth, options.speed, accounts)
    server = make_server("127.0.0.1", options.port, create_app(settings), threaded=True)
    print(f"Bank simulator: http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


def _account(text: str) -> Account:
    bank_bin, number, name = text.split(":", 2)
    return Account(bank_bin, number, name)


if __name__ == "__main__":
    main()
