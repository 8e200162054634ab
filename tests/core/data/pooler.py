"""A pooler in transaction mode, as strict as PgBouncer: each transaction may get another connection of the server, and
a client that asks for options of the connection is refused. Speaks protocol 3.0 over TCP on loopback, without TLS."""

from __future__ import annotations

import queue
import select
import socket
import struct
import threading

PROTOCOL = 196608
REFUSE = ("options",)


class Backend:
    """One connection to the server, shared by all clients in turn."""

    def __init__(self, path: str, user: str, database: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        body = struct.pack("!I", PROTOCOL) + f"user\0{user}\0database\0{database}\0\0".encode()
        self.socket.sendall(struct.pack("!I", len(body) + 4) + body)
        self.greeting = b""
        while not self.greeting.endswith(b"Z\0\0\0\5I"):
            self.greeting += self.socket.recv(65536)


class Pooler:
    """Serves until closed. `handed_out` counts how often a transaction got each connection."""

    def __init__(self, path: str, user: str, database: str, size: int = 3) -> None:
        self._idle: queue.Queue[Backend] = queue.Queue()
        for _n in range(size):
            self._idle.put(Backend(path, user, database))
        self._greeting = self._idle.queue[0].greeting
        self.handed_out: dict[int, int] = {}
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._clients: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()
        for client in self._clients:
            client.close()
        while not self._idle.empty():
            self._idle.get().socket.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._contained, args=(client,), daemon=True).start()

    def _contained(self, client: socket.socket) -> None:
        try:
            self._serve(client)
        except OSError:
            client.close()

    def _serve(self, client: socket.socket) -> None:
        (length,) = struct.unpack("!I", client.recv(4))
        names = client.recv(length - 4)[4:].split(b"\0")[::2]
        if any(word.encode() in names for word in REFUSE):
            said = b"SERROR\0C08P01\0Munsupported startup parameter\0\0"
            client.sendall(b"E" + struct.pack("!I", len(said) + 4) + said)
            client.close()
            return
        client.sendall(self._greeting)
        while True:
            begun = client.recv(65536)
            if not begun or begun[:1] == b"X":
                client.close()
                return
            backend = self._idle.get(timeout=30)
            self.handed_out[id(backend)] = self.handed_out.get(id(backend), 0) + 1
            backend.socket.sendall(begun)
            self._transaction(client, backend)
            self._idle.put(backend)

    def _transaction(self, client: socket.socket, backend: Backend) -> None:
        """Pass everything both ways until the server is idle outside any transaction."""
        pending = b""
        while True:
            readable, _writable, _failed = select.select([client, backend.socket], [], [])
            if client in readable:
                backend.socket.sendall(client.recv(65536))
            if backend.socket in readable:
                said = backend.socket.recv(65536)
                client.sendall(said)
                pending, status = _last_status(pending + said)
                if status == b"I" and not pending:
                    return


def _last_status(stream: bytes) -> tuple[bytes, bytes]:
    """What is left of an unfinished message, and the status of the last ReadyForQuery if that came last."""
    status = b""
    while len(stream) >= 5:
        (length,) = struct.unpack("!I", stream[1:5])
        if len(stream) < length + 1:
            break
        status = stream[5:6] if stream[:1] == b"Z" else b""
        stream = stream[length + 1 :]
    return stream, status
