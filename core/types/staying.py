"""What a program makes at its start and keeps to its end: thousands of classes, views and templates."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def staying() -> Iterator[None]:
    """Nobody looks for garbage among what is made inside, neither now (a quarter of the start) nor later."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
