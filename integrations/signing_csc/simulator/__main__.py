"""`python -m integrations.signing_csc.simulator --port 8099`"""

from __future__ import annotations

from core.sdk.testing.simulators import options, serve

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve on this machine only, until stopped."""
    parser = options("csc", 8099, Settings.secret)
    parser.add_argument("--multisign", type=int, default=Settings.multisign, help="digests of one confirmation")
    parser.add_argument("--most", type=int, default=Settings.most, help="digests of one signHash call")
    given = parser.parse_args()
    settings = Settings("", given.secret, given.speed, multisign=given.multisign, most=given.most)
    serve("CSC simulator", create_app(settings), given.port)


if __name__ == "__main__":
    main()
