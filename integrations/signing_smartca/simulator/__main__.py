"""`python -m integrations.signing_smartca.simulator --port 8100`"""

from __future__ import annotations

from core.sdk.testing.simulators import options, serve

from .app import Settings, create_app


def main() -> None:
    """Serve on this machine only, until stopped."""
    given = options("smartca", 8100, Settings.secret).parse_args()
    serve("SmartCA simulator", create_app(Settings("", given.secret, given.speed)), given.port)


if __name__ == "__main__":
    main()
