"""A receiving program of its own: `python -m tests.core.webhooks.receiver` prints its port, then each call as JSON."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers with the status in the last part of the path; `/redirect` sends on to another address."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = {"path": self.path, "headers": dict(self.headers.items()), "body": b64encode(body).decode()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        word = self.path.rpartition("/")[2]
        self.send_response(302 if word == "redirect" else int(word))
        if word == "redirect":
            self.send_header("Location", "http://127.0.0.1:1/")
        if word == "503":
            self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing besides the calls."""


def main() -> None:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
