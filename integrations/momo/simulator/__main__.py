"""`python -m integrations.momo.simulator --port 8093 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("momo", 8093, Settings.secret)
    parser.add_argument("--partner-code", default=os.environ.get("MOMO_SIMULATOR_PARTNER_CODE", Settings.partner_code))
    parser.add_argument("--access-key", default=os.environ.get("MOMO_SIMULATOR_ACCESS_KEY", Settings.access_key))
    given = parser.parse_args()
    keys = {"partner_code": given.partner_code, "access_key": given.access_key}
    settings = Settings(given.notify_url, given.secret, given.speed, **keys)
    serve("MoMo simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
