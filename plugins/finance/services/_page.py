"""Pages of lists: a page knows where the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Cursor = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows of a list; `next` is the `after` of the following page, None at the end."""

    rows: tuple[Item, ...]
    next: Cursor | None
