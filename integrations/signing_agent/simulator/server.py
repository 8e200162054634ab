"""Just enough of RFC 6455 for one browser: handshake, text frames, close. Serves this machine only."""

from __future__ import annotations

import base64
import hashlib
import socketserver
from io import BufferedIOBase

from .agent import Agent

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_MOST = 1 << 20


class AgentServer(socketserver.ThreadingTCPServer):
    """Listens for the browser."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, agent: Agent, port: int = 0) -> None:
        self.agent = agent
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.server_address[1]}/SignMsg"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, AgentServer)  # noqa: S101  (nothing else makes this handler)
        agent = self.server.agent
        if not self._shake_hands():
            return
        agent.connections += 1
        while (frame := _read(self.rfile)) is not None:
            kind, body = frame
            if kind == _CLOSE:
                self._send(_CLOSE, body[:2])
                return
            if kind == _PING:
                self._send(_PONG, body)
            elif kind == _TEXT:
                self._send(_TEXT, agent.answer(body.decode("utf-8", "replace")).encode())

    def _shake_hands(self) -> bool:
        headers: dict[str, str] = {}
        while (line := self.rfile.readline(8192).strip()) != b"":
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        key = headers.get("sec-websocket-key")
        if key is None or headers.get("upgrade", "").lower() != "websocket":
            self.wfile.write(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        accept = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode()).digest()).decode()  # noqa: S324  (RFC 6455)
        lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        self.wfile.write(("\r\n".join((*lines, f"Sec-WebSocket-Accept: {accept}")) + "\r\n\r\n").encode())
        return True

    def _send(self, kind: int, body: bytes) -> None:
        size = len(body)
        if size < 126:
            length = bytes([size])
        else:
            length = b"\x7e" + size.to_bytes(2) if size < 1 << 16 else b"\x7f" + size.to_bytes(8)
        self.wfile.write(bytes([0x80 | kind]) + length + body)


def _read(stream: BufferedIOBase) -> tuple[int, bytes] | None:
    """One whole frame of a browser: final and masked. None at the end, or for what no browser sends here."""
    head = stream.read(2)
    if len(head) < 2 or not head[0] & 0x80 or not head[1] & 0x80:
        return None
    size = head[1] & 0x7F
    if size >= 126:
        size = int.from_bytes(stream.read(2 if size == 126 else 8))
    if size > _MOST:
        return None
    mask, body = stream.read(4), stream.read(size)
    return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
