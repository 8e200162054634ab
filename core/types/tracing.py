"""Where an error came from, in words that hold no personal data; and which request a piece of work belongs to."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from .errors import TruongError

_ROOT = Path(__file__).resolve().parents[2]
_VENDOR = "truong_"
"""How packages of vendors are called."""
_INNERMOST = 4
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("truong_request_id", default="")


def request_id() -> str:
    """The request that this thread works for, also in a job that it asked for; empty outside of any."""
    return _current.get()


def is_request_id(text: str) -> bool:
    """Whether a text from outside can stand in logs and headers as a request's id."""
    return _REQUEST_ID.fullmatch(text) is not None


@contextmanager
def tracing(request_id: str) -> Iterator[None]:
    """Everything inside belongs to this request: logs, jobs that it asks for, calls to others."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def place(error: BaseException) -> str:
    """Kind and places of an error in the program and its plugins, innermost last.

    Its text is left out: it may quote personal data. So are the places inside libraries.
    """
    frames = [
        f"{file}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if (file := _file(Path(frame.filename)))
    ]
    code = f" [{error.code}]" if isinstance(error, TruongError) else ""
    return f"{type(error).__name__}{code}: " + (" > ".join(frames[-_INNERMOST:]) or "outside the program")


def _file(path: Path) -> str:
    """The file as people of the program name it; empty for a library's."""
    vendor = next((n for n, part in enumerate(path.parts) if part.startswith(_VENDOR)), None)
    if vendor is not None:
        return "/".join(path.parts[vendor:])
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(_ROOT))
    return ""
