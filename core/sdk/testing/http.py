"""HTTP clients for the tests of adapters: answers from a function, and a network that swallows everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.types.http import HttpAnswer, HttpFailure


class StubHttp:
    """An HTTP client for tests: answers from a function, keeps what was sent."""

    def __init__(self, answer: Callable[[bytes], HttpAnswer]) -> None:
        self.sent: list[bytes] = []
        self._answer = answer

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        """Keep the body and answer."""
        self.sent.append(body)
        return self._answer(body)


def broken_network(_body: bytes) -> HttpAnswer:
    """A network that swallows everything."""
    raise HttpFailure("no answer")
