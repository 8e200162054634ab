"""What commands of plugins need: a context inside a school, and a place to speak.

A plugin gives `CommandItem(click command)`; it is called as `truong <plugin> <command>`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, cast

import click

from core.data.context import Context


class Console(Protocol):
    """The program behind a command."""

    def inside(self, school: str) -> AbstractContextManager[Context]:
        """A transaction inside the school of this code; commits at the end.

        Raises:
            ClickException: no school has the code.
        """
        ...


def console() -> Console:
    """The program of the command that runs now."""
    return cast(Console, click.get_current_context().find_root().obj)


def say(text: str) -> None:
    """A line for the operator."""
    click.echo(text)
