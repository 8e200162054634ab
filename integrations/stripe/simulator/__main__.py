"""`python -m integrations.stripe.simulator --port 8095 --notify-url http://127.0.0.1:8080/notices/<channel>`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("stripe", 8095, Settings.secret)
    known = os.environ.get("STRIPE_SIMULATOR_WEBHOOK_SECRETS", Settings.webhook_secrets)
    parser.add_argument("--webhook-secrets", default=known, help="sign notices; several, joined by commas, rotate")
    given = parser.parse_args()
    settings = Settings(given.notify_url, given.secret, given.speed, webhook_secrets=given.webhook_secrets)
    serve("Stripe simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
