"""What the process that loads a package tells the one that judges it: plain data, carried as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Facts:
    """Everything seen while the package was loaded, its tables made and its pages opened."""

    state: str = ""
    diagnosis: str = ""
    version: str = ""
    licence: str = ""
    security_contact: str = ""
    requires: list[str] = field(default_factory=list)
    data_classes: list[str] = field(default_factory=list)
    outbound_hosts: list[str] = field(default_factory=list)
    hooks: dict[str, int] = field(default_factory=dict)
    """Items by hook."""
    providers: dict[str, list[list[str]]] = field(default_factory=dict)
    """By hook: name and class of each provider."""
    personal_classes: list[str] = field(default_factory=list)
    """Classes that are shown and erased."""
    settings_without_help: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    open_views: list[str] = field(default_factory=list)
    """Views that declare no permission that is declared."""
    tables: dict[str, list[str]] = field(default_factory=dict)
    """Columns by table, as the migrations made them."""
    refers: list[str] = field(default_factory=list)
    """Columns that refer to persons, `table.column`."""
    models: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)
    """Faults of going up, down and up again."""
    rehearsal: list[str] = field(default_factory=list)
    """The same with data in the tables."""
    demo: str = ""
    """Why the demo could not be filled; empty when it could, or there is none."""
    pages: list[str] = field(default_factory=list)
    page_faults: list[str] = field(default_factory=list)
    """Pages that answer with an error."""
    barriers: list[str] = field(default_factory=list)
    """What keeps somebody from using a page."""
    repeated: list[str] = field(default_factory=list)
    """Queries sent again and again for one page."""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), "utf-8")


def read(path: Path) -> Facts:
    """The facts that a probe has written."""
    return Facts(**json.loads(path.read_text("utf-8")))
