"""`python -m integrations.vnpay.simulator --port 8091 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("vnpay", 8091, Settings.secret)
    parser.add_argument("--tmn-code", default=os.environ.get("VNPAY_SIMULATOR_TMN_CODE", Settings.tmn_code))
    given = parser.parse_args()
    settings = Settings(given.notify_url, given.secret, given.speed, tmn_code=given.tmn_code)
    serve("VNPay simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
