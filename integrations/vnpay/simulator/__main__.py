"""`python -m integrations.vnpay.simulator --port 8091 --notify-url http://127.0.0.1:8000/...`"""

from __future__ import annotations

import argparse
import os

from werkzeug.serving import make_server

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    env = os.environ.get
    parser = argparse.ArgumentParser(prog="vnpay-simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=int(env("VNPAY_SIMULATOR_PORT", "8091")))
    parser.add_argument("--notify-url", default=env("VNPAY_SIMULATOR_NOTIFY_URL", ""))
    parser.add_argument("--tmn-code", default=env("VNPAY_SIMULATOR_TMN_CODE", Settings.tmn_code))
    parser.add_argument("--secret", default=env("VNPAY_SIMULATOR_SECRET", Settings.secret))
    parser.add_argument("--speed", type=float, default=float(env("VNPAY_SIMULATOR_SPEED", "60")))
    options = parser.parse_args()
    settings = Settings(options.notify_url, options.tmn_code, options.secret, options.speed)
    server = make_server("127.0.0.1", options.port, create_app(settings), threaded=True)
    print(f"VNPay simulator: http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
