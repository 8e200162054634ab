"""What a plugin can add. Every hook `provide_*` returns a list of one of these frozen dataclasses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .message import Message

if TYPE_CHECKING:
    from uuid import UUID

    from click import Command
    from markupsafe import Markup

    from core.data.context import Context
    from core.payments.matching import Statement

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Permission:
    """A right, named `<plugin>.<thing>.<verb>`; one that ends in `.own` reaches only one's own children or oneself."""

    name: str
    label: Message


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """Adds permissions to a role. Roles of the core: operator, head, office, accountant, parent."""

    role: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the left rail (and of the bottom bar on phones when `bottom` is set)."""

    label: Message
    endpoint: str
    icon: str
    permission: str
    section: Message | None = None
    order: int = 100
    bottom: bool = False


class Progress(Protocol):
    """How a long job tells people where it is."""

    def __call__(self, done: int, total: int, note: Message | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What a task does next outside the database: a network call, made while no transaction is open.

    The handler's transaction is committed before the call; then `then` records the answer in the transaction that ends
    the job. A crash between them runs the job from its beginning, so the call must be harmless to repeat.
    """

    call: Callable[[], Any]
    then: Callable[[Context, Any], Outside | None]
    """Takes the answer of `call`."""


TaskHandler = Callable[["Context", Payload, Progress], Outside | None]


@dataclass(frozen=True, slots=True)
class Task:
    """A background job kind. The handler runs in one transaction of its own and must be idempotent; what it has to ask
    others over a network it returns as `Outside`."""

    name: str
    handler: TaskHandler
    max_tries: int = 10
    lease: timedelta = timedelta(seconds=30)
    queue: str = "default"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs a task again and again, once for the whole installation or once for each school that has the module on."""

    name: str
    task: str
    every: timedelta
    scope: Literal["instance", "school"] = "instance"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Reacts to an event after its transaction has committed, at least once."""

    event: str
    name: str
    handler: Callable[[Context, Payload], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """A typed setting of the school or of the installation; `key` starts with the plugin's name."""

    key: str
    label: Message
    kind: Literal["text", "int", "bool", "choice"] = "text"
    default: str | int | bool = ""
    scope: Literal["instance", "school"] = "school"
    choices: tuple[tuple[str, Message], ...] = ()
    secret: bool = False
    help: Message | None = None


@dataclass(frozen=True, slots=True)
class AuditAction:
    """What an action of the record of changes is called in plain words."""

    code: str
    """As it is recorded: `finance.round.published`."""
    label: Message
    detail: Callable[[Mapping[str, Any]], Message | None] | None = None
    """What else the entry's details say, such as how many bills went out."""


@dataclass(frozen=True, slots=True)
class AuditTarget:
    """A kind of record that actions happen to: its name, and the page that shows it, if there is one."""

    type: str
    """As it is recorded: `finance_round`."""
    label: Message
    permission: str = ""
    """Who may read the record's own name and follow the link; without it only the kind is shown."""
    names: Callable[[Context, Sequence[str]], Mapping[str, str | Message]] | None = None
    """The names of many records at once, by id; set-based, for a page of entries."""
    endpoint: str = ""
    argument: str = ""
    """The page of one record and the name of its id in the address."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the start page: what does this person have to do today?"""

    name: str
    permission: str
    render: Callable[[Context], Markup | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchHit:
    title: str
    detail: str
    url: str
    icon: str = "search"


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Answers the search box of the top bar. `find` takes the folded query and a limit."""

    name: str
    label: Message
    permission: str
    find: Callable[[Context, str, int], Sequence[SearchHit]]


@dataclass(frozen=True, slots=True)
class RecordTab:
    """A tab on another module's record page, such as the bills on a learner's page."""

    record: str
    """`learner`, ..."""
    name: str
    label: Message
    permission: str
    render: Callable[[Context, UUID], Markup]
    order: int = 100


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
