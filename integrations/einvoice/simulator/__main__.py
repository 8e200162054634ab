"""`python -m integrations.einvoice.simulator --port 8097`"""

from __future__ import annotations

import os

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("einvoice", 8097, Settings.secret)
    parser.add_argument("--tax-code", default=os.environ.get("EINVOICE_SIMULATOR_TAX_CODE", Settings.tax_code))
    given = parser.parse_args()
    settings = Settings(given.notify_url, given.secret, given.speed, tax_code=given.tax_code)
    serve("E-invoice simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
