"""What goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from threading import Lock


@dataclass
class Faults:
    """Knobs of every simulator; a simulator adds its own. Counters are used up one by one; times are real seconds."""

    drop: int = 0
    """So many calls get lost on the way (and are tried again later)."""
    duplicate: int = 0
    """The next call is made so many times more."""
    delay: float = 0.0
    """New notices wait so long before their first call."""
    reorder: int = 0
    """So many notices are collected, then called in the opposite order."""
    tamper: int = 0
    """So many calls are changed after they were signed."""
    timeout_after_commit: int = 0
    """So many requests are carried out but never answered properly."""
    late_success: float = 0.0
    """What was told to the payer as failed succeeds after all, so long after."""
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
        kinds = {name: type(getattr(self, name)) for name in self.to_json()}
        wanted: dict[str, object] = {}
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f"there is no fault {name!r}")
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError(f"{name} is no {kinds[name].__name__}")
            wanted[name] = kinds[name](value)
        with self._lock:
            for name, setting in wanted.items():
                setattr(self, name, setting)

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        self.update(type(self)().to_json())

    def to_json(self) -> dict[str, object]:
        """The knobs as they stand."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name[0] != "_"}
