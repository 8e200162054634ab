"""`python -m integrations.portal_payment.simulator --port 8096 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("portal_payment", 8096, Settings.secret)
    for name in ("partner", "key1", "key2", "lookup_key", "lookup_url", "return_to"):
        known = os.environ.get(f"PORTAL_PAYMENT_SIMULATOR_{name.upper()}", getattr(Settings, name))
        parser.add_argument(f"--{name.replace('_', '-')}", default=known)
    given = vars(parser.parse_args())
    port = given.pop("port")
    serve("Portal payment simulator", create_app(Settings(**given)), port)


if __name__ == "__main__":
    main()
