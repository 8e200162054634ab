"""`truong reference`: the reference page of the documentation, written from the program itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from core.hookspecs import SPECS
from core.kernel.registry import Registry
from core.settings.instance import load_settings
from core.web.app import load_registry

HEAD = """# Reference

Written by `truong reference` from the program itself; a test keeps this page true. Do not edit it by hand.
"""


@click.command(help="Write docs/reference.md.")
@click.argument("target", type=click.Path(path_type=Path), default=Path("docs/reference.md"))
def reference(target: Path) -> None:
    from . import main

    target.write_text(page(load_registry(load_settings()), main))


def page(registry: Registry, commands: click.Group) -> str:
    """The whole page as Markdown."""
    parts = [
        HEAD,
        *_section("Hooks", ("hook", "what a plugin gives"), _hooks()),
        *_section("Permissions", ("permission", "meaning", "module", "roles"), _permissions(registry)),
        *_section("Settings", ("key", "kind", "scope", "default", "meaning"), _settings(registry)),
        *_section("Events", ("event", "what has happened", "payload", "who listens"), _events(registry)),
        *_section("Background tasks", ("task", "queue", "tries", "what it does"), _tasks(registry)),
        *_section("Schedules", ("schedule", "every", "scope"), _schedules(registry)),
        *_section("Payment providers", ("provider", "flow", "queries", "refunds", "module"), _providers(registry)),
        *_section("Places on pages", ("place", "where it is", "record", "module"), _places(registry)),
        *_section("Figures", ("figure", "what it counts", "source", "module"), _figures(registry)),
        *_section("Reports", ("report", "what it shows", "permission", "module"), _reports(registry)),
        *_section("Code lists", ("list", "what it is", "versions", "module"), _code_lists(registry)),
        *_section("Personal data", ("data", "needed for", "basis", "kept", "module"), _personal(registry)),
        *_section("Commands", ("command", "what it does"), _commands(commands, "truong")),
    ]
    return "\n".join(parts) + "\n"


def _section(title: str, header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [f"## {title}", "", "| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")


def _hooks() -> Iterator[tuple[str, ...]]:
    for spec in SPECS:
        for name, function in inspect.getmembers(spec, inspect.isfunction):
            if name.startswith(("provide_", "on_", "check_", "resolve_")):
                yield f"`{name}`", _first_line(function)


def _permissions(registry: Registry) -> Iterator[tuple[str, ...]]:
    roles = registry.role_permissions()
    for owned in sorted(registry.owned("provide_permissions"), key=lambda o: o.item.name):
        held = sorted(role for role, names in roles.items() if owned.item.name in names)
        yield f"`{owned.item.name}`", str(owned.item.label), owned.module, ", ".join(held)


def _settings(registry: Registry) -> Iterator[tuple[str, ...]]:
    for item in sorted((o.item for o in registry.settings()), key=lambda s: s.key):
        default = "(secret)" if item.secret else f"`{item.default}`"
        yield f"`{item.key}`", item.kind, item.scope, default, str(item.label)


def _events(registry: Registry) -> Iterator[tuple[str, ...]]:
    for name, event in sorted(registry.event_types().items()):
        payload = ", ".join(f"{field} ({kind})" for field, kind in event.payload.items())
        yield f"`{name}`", str(event.label), payload, ", ".join(sorted(o.item.name for o in registry.subscribers(name)))


def _tasks(registry: Registry) -> Iterator[tuple[str, ...]]:
    for name, task in sorted(registry.tasks().items()):
        yield f"`{name}`", task.queue, str(task.max_tries), _first_line(task.handler)


def _schedules(registry: Registry) -> Iterator[tuple[str, ...]]:
    for item in sorted((o.item for o in registry.schedules()), key=lambda s: s.name):
        yield f"`{item.name}`", str(item.every), item.scope


def _providers(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in registry.owned("provide_payment_providers"):
        provider = owned.item
        answers = ("yes" if provider.supports_query else "no", "yes" if provider.supports_refund else "no")
        yield f"`{provider.name}`", provider.flow, *answers, owned.module


def _places(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in sorted(registry.owned("provide_slot_places"), key=lambda o: o.item.name):
        yield f"`{owned.item.name}`", str(owned.item.label), owned.item.record, owned.module


def _figures(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in registry.indicators():
        yield f"`{owned.item.name}`", str(owned.item.definition), str(owned.item.source), owned.module


def _reports(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in registry.owned("provide_reports"):
        yield f"`{owned.item.name}`", str(owned.item.description), f"`{owned.item.permission}`", owned.module
    for owned in registry.schools_reports():
        yield f"`{owned.item.name}`", str(owned.item.description), "`core.oversight.read`", owned.module


def _code_lists(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in registry.owned("provide_code_lists"):
        versions = ", ".join(f"{v.version} ({v.source})" for v in owned.item.versions)
        yield f"`{owned.item.name}`", str(owned.item.label), versions, owned.module


def _personal(registry: Registry) -> Iterator[tuple[str, ...]]:
    for owned in registry.personal_data():
        item = owned.item
        yield f"`{item.name}`", str(item.purpose), str(item.basis), str(item.retention), owned.module


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix} {name}")
        else:
            yield f"`{prefix} {name}`", command.help or ""
