"""`python -m plugins.transcripts.simulator --folder var/authority --port 8098`"""

from __future__ import annotations

from pathlib import Path

from core.sdk.testing.simulators import options, serve

from .app import authority_in, create_app


def main() -> None:
    """Serve on this machine only, until stopped; `/root.pem` is the certificate to pin."""
    parser = options("transcripts", 8098, "")
    parser.add_argument("--folder", type=Path, default=Path("var/authority"), help="where key and certificates lie")
    given = parser.parse_args()
    serve("Timestamp authority", create_app(authority_in(given.folder)), given.port)


if __name__ == "__main__":
    main()
