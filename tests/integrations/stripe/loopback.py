"""`python loopback.py MODULE [options]`: run a development server that would listen everywhere on this machine only.

It is started as a program; nothing imports it, and it imports nothing of this project.
"""

from __future__ import annotations

import runpy
import socket
import sys


class Loopback(socket.socket):
    """A socket of IPv4 that listens on loopback, whatever it is told."""

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
        super().__init__(socket.AF_INET if family == socket.AF_INET6 else family, type, proto, fileno)

    def bind(self, address: object, /) -> None:
        port = address[1] if isinstance(address, tuple) else 0
        super().bind(("127.0.0.1", port))


if __name__ == "__main__":
    socket.socket = Loopback  # type: ignore[misc]  # the point of this program
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
