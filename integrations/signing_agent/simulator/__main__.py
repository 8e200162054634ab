"""`python -m integrations.signing_agent.simulator --port 8101`: a signing program with a token of Nguyễn Thị Hoa."""

from __future__ import annotations

import sys

from core.sdk.testing.simulators import options

from .agent import Agent
from .server import AgentServer


def main() -> None:
    """Serve on this machine only, until stopped."""
    given = options("agent", 8101, "").parse_args()
    with AgentServer(Agent(), given.port) as server:
        sys.stdout.write(f"Token agent simulator: {server.address}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
