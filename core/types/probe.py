"""What a test of a connection found."""

from __future__ import annotations

from dataclasses import dataclass

from .message import Message


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of "test the connection", in words that help the person who pressed the button."""

    ok: bool
    message: Message
