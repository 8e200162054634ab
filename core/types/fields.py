"""What an administrator fills in for a provider of any kind, and what the provider is given of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .message import Message

Config = Mapping[str, str]
"""Settings and secrets of one channel or account, by the names of the provider's `fields`."""


@dataclass(frozen=True, slots=True)
class Field:
    """A setting of a provider."""

    name: str
    label: Message
    secret: bool = False
    required: bool = True
    default: str = ""
    help: Message | None = None
    choices: tuple[tuple[str, Message], ...] = ()
    """Values to choose from, with their words; without any the value is typed."""


def missing(fields: tuple[Field, ...], config: Config) -> tuple[str, ...]:
    """Names of required fields that are empty and have no default."""
    return tuple(f.name for f in fields if f.required and not f.default and not config.get(f.name, "").strip())
