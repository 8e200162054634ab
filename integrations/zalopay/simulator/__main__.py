"""`python -m integrations.zalopay.simulator --port 8094 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("zalopay", 8094, Settings.secret)
    parser.add_argument("--app-id", type=int, default=int(os.environ.get("ZALOPAY_SIMULATOR_APP_ID", Settings.app_id)))
    parser.add_argument(
        "--key2", default=os.environ.get("ZALOPAY_SIMULATOR_KEY2", Settings.key2), help="signs callbacks"
    )
    given = parser.parse_args()
    settings = Settings(given.notify_url, given.secret, given.speed, app_id=given.app_id, key2=given.key2)
    serve("ZaloPay simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
