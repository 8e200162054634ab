"""Delivers notices in a thread of its own: schedule of retries, faults, and a log of every call."""

from __future__ import annotations

import heapq
import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .faults import Faults

CALL_TIMEOUT = 10.0


@dataclass(frozen=True)
class Reply:
    """What the other side answered; status 0 for no answer."""

    status: int
    body: str


@dataclass(frozen=True)
class Letter:
    """One notice: `build(tampered)` makes the request afresh for each call."""

    about: str
    build: Callable[[bool], urllib.request.Request]

    def to_json(self) -> dict[str, object]:
        """The request as it would go out now, for `POST /control/notices`: what a demo hands in by itself."""
        request = self.build(False)
        return {
            "method": request.get_method(),
            "query": request.selector.partition("?")[2],
            "headers": {name.lower(): value for name, value in request.header_items()},
            "body": request.data.decode() if isinstance(request.data, bytes) else "",
        }


@dataclass(order=True)
class _Due:
    moment: float
    number: int
    letter: Letter = field(compare=False)
    tries: int = field(compare=False)


class Courier:
    """Calls until `accepted(reply)` or the schedule is over."""

    def __init__(self, faults: Faults, waits: Sequence[float], speed: float, accepted: Callable[[Reply], bool]) -> None:
        self.log: list[dict[str, object]] = []
        self._faults, self._accepted = faults, accepted
        self._waits = [wait / speed for wait in waits]
        self._queue: list[_Due] = []
        self._held: list[Letter] = []
        self._count = 0
        self._busy = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="courier", daemon=True).start()

    def post(self, letter: Letter, after: float = 0.0) -> None:
        """Take a notice on; it may be held back to be delivered in another order."""
        with self._changed:
            if self._faults.reorder > 0:
                self._held.append(letter)
                if len(self._held) < self._faults.reorder:
                    return
                letters, self._held = self._held[::-1], []
                self._faults.reorder = 0
            else:
                letters = [letter]
            for entry in letters:
                self._push(entry, after + self._faults.delay, 0)

    def wait_for(self, calls: int, timeout: float) -> bool:
        """Block until so many calls were made."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.log) >= calls, timeout)

    def reset(self) -> None:
        """Forget all notices and calls, after the call that is just being made."""
        with self._changed:
            self._queue.clear()
            self._held.clear()
            self._changed.wait_for(lambda: not self._busy, CALL_TIMEOUT)
            self._queue.clear()
            self.log.clear()

    def _push(self, letter: Letter, after: float, tries: int) -> None:
        self._count += 1
        heapq.heappush(self._queue, _Due(time.monotonic() + after, self._count, letter, tries))
        self._changed.notify_all()

    def _next(self) -> _Due:
        with self._changed:
            while True:
                left = self._queue[0].moment - time.monotonic() if self._queue else None
                if left is not None and left <= 0:
                    self._busy = True
                    return heapq.heappop(self._queue)
                self._changed.wait(left)

    def _run(self) -> None:
        while True:
            due = self._next()
            done = self._deliver(due)
            with self._changed:
                if not done and due.tries < len(self._waits):
                    self._push(due.letter, self._waits[due.tries], due.tries + 1)
                self._busy = False
                self._changed.notify_all()

    def _deliver(self, due: _Due) -> bool:
        if self._faults.take("drop"):
            self._note(due, "dropped", Reply(0, ""))
            return False
        tampered = self._faults.take("tamper")
        copies = 1 + self._faults.take_all("duplicate")
        done = False
        for _copy in range(copies):
            reply = call(due.letter.build(tampered))
            self._note(due, "tampered" if tampered else "", reply)
            done = done or self._accepted(reply)
        return done

    def _note(self, due: _Due, fault: str, reply: Reply) -> None:
        entry = {"about": due.letter.about, "try": due.tries + 1, "fault": fault}
        with self._changed:
            self.log.append({**entry, "status": reply.status, "body": reply.body[:500]})
            self._changed.notify_all()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def call(request: urllib.request.Request) -> Reply:
    """One call; errors are replies too."""
    try:
        with _OPENER.open(request, timeout=CALL_TIMEOUT) as response:
            return Reply(response.status, response.read(65536).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read(65536).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, type(error).__name__)
