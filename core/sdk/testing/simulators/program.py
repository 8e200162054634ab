"""A simulator as a program: its options, and serving on this machine only."""

from __future__ import annotations

import argparse
import os
import sys

from flask import Flask
from werkzeug.serving import make_server


def options(name: str, port: int, secret: str) -> argparse.ArgumentParser:
    """A parser with the options of every simulator; `<NAME>_SIMULATOR_PORT` and so on fill in what is not given."""

    def env(what: str, default: object) -> str:
        return os.environ.get(f"{name.upper()}_SIMULATOR_{what}", str(default))

    parser = argparse.ArgumentParser(prog=f"{name}-simulator")
    parser.add_argument("--port", type=int, default=int(env("PORT", port)), help="0 takes a free one")
    parser.add_argument("--notify-url", default=env("NOTIFY_URL", ""), help="the school's address for notices")
    parser.add_argument("--secret", default=env("SECRET", secret), help="key of the signatures")
    parser.add_argument("--speed", type=float, default=float(env("SPEED", 60)), help="divides the waiting times")
    return parser


def serve(title: str, app: Flask, port: int) -> None:
    """Serve on this machine only, until stopped; the first line of output names the address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    sys.stdout.write(f"{title}: http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
