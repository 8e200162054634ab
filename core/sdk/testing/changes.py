"""What happens to a message on the way: each byte changed by itself, for the suites of everything that is signed."""

from __future__ import annotations

from collections.abc import Iterator


def one_byte_changed(query: bytes, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every query and body with one byte different: the next digit or letter, the other case, and no text at all."""
    for mask in (0x01, 0x20, 0x80):
        for at in range(len(query)):
            yield _changed(query, at, mask), body
        for at in range(len(body)):
            yield query, _changed(body, at, mask)


def _changed(raw: bytes, at: int, mask: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]
