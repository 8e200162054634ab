"""The plugin itself and what it adds to the program: settings, commands, demo, readers of files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from core.types.message import Message

if TYPE_CHECKING:
    from click import Command

    from core.data.context import Context
    from core.payments.matching import Statement
    from core.types.http import HttpClient
    from core.types.probe import Probe


@dataclass(frozen=True, slots=True)
class Setting:
    """A typed setting of the school or of the installation; `key` starts with the plugin's name."""

    key: str
    label: Message
    kind: Literal["text", "int", "bool", "choice", "money", "address"] = "text"
    """`money`: whole dong; `address`: of a web service, https (http only to this machine)."""
    default: str | int | bool = ""
    scope: Literal["instance", "school"] = "school"
    choices: tuple[tuple[str, Message], ...] = ()
    secret: bool = False
    help: Message | None = None
    check: Callable[[Mapping[str, Any], HttpClient], Probe] | None = None
    """Tests the connection that this setting leads to, with the values of all settings of its module (secrets too) and
    a client for the manifest's hosts and the addresses entered here. Called while no transaction is open."""


@dataclass(frozen=True, slots=True)
class CommandItem:
    """A command under `truong <plugin>`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Demo:
    """Fills a demo school. Runs in `order`, inside one transaction, on an empty school."""

    name: str
    order: int
    run: Callable[[Context, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class StatementReader:
    """Reads bank statements of some file formats: bytes in, lines out; raises `Invalid` for a file it cannot read."""

    name: str
    label: Message
    read: Callable[[bytes], Statement]
    read_mapped: Callable[[bytes, Mapping[str, str]], Statement] | None = None
    """The same with columns that a person has named: role to the words of the header. None: nothing can be named."""
    columns: Mapping[str, Message] = field(default_factory=dict)
    """What may be named: role to what it is called."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plugin says of itself (design, section 3)."""

    name: str
    """Entry point, table prefix, URL prefix, permission prefix and template folder."""
    version: str
    label: Message
    requires_api: str
    """PEP 440 range over `core.sdk.VERSION`."""
    requires: tuple[str, ...] = ()
    scope: Literal["instance", "school"] = "school"
    addresses: tuple[str, ...] = ()
    """Paths besides `/<name>` under which its pages and (below `/api/v1`) its API lie."""
    restricted: bool = False
    """Only an operator may switch it on."""
    data_classes: tuple[str, ...] = ()
    """Classes of personal data it holds, names of `core.types.data_classes`."""
    outbound_hosts: tuple[str, ...] = ()
    licence: str = "Apache-2.0"
    security_contact: str = ""
    description: Message | None = None
