"""What goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from threading import Lock


@dataclass
class Faults:
    """Counters are used up one by one; times are real seconds; the last four say what banks do to texts."""

    drop: int = 0
    """So many calls get lost on the way (and are tried again later)."""
    duplicate: int = 0
    """The next call is made so many times more."""
    delay: float = 0.0
    """New notices wait so long before their first call."""
    reorder: int = 0
    """So many notices are collected, then called in the opposite order."""
    tamper: int = 0
    """So many calls get a changed body after they were signed."""
    timeout_after_commit: int = 0
    """So many transfers are carried out but never confirmed to the payer."""
    upper: int = 1
    """1: texts arrive in capitals."""
    strip: int = 1
    """1: marks and punctuation are taken out of texts."""
    prefix: str = ""
    """Put before each text, as some banks do."""
    truncate: int = 0
    """Longest text; 0 for no limit."""
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def take(self, name: str) -> bool:
        """Use up one of a counter."""
        with self._lock:
            left = int(getattr(self, name))
            if left > 0:
                setattr(self, name, left - 1)
            return left > 0

    def take_all(self, name: str) -> int:
        """Use up a whole counter."""
        with self._lock:
            left = int(getattr(self, name))
            setattr(self, name, 0)
            return left

    def update(self, changes: Mapping[str, object]) -> None:
        """Set knobs by name; a wrong name or type is an error, never a silent nothing."""
        kinds = {entry.name: type(getattr(self, entry.name)) for entry in fields(self) if entry.name[0] != "_"}
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f"there is no fault {name!r}")
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError(f"{name} is no {kinds[name].__name__}")
            with self._lock:
                setattr(self, name, kinds[name](value))

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        self.update(type(self)().to_json())

    def to_json(self) -> dict[str, object]:
        """The knobs as they stand."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name[0] != "_"}
