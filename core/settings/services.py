"""Reading and changing typed settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Text, Uuid, column, delete, select, table
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.kernel.registry import Owned, Registry
from core.types.contributions import Setting
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _

from .keys import keys
from .models import SettingValue

Value = str | int | bool
# Names of accounts need no school: people of several schools have one account.
_ACCOUNT = table("core_account", column("id", Uuid), column("name", Text))
_SHOWN = select(SettingValue.key, SettingValue.value, SettingValue.updated_at, _ACCOUNT.c.name).outerjoin_from(
    SettingValue, _ACCOUNT, _ACCOUNT.c.id == SettingValue.changed_by
)
_definitions: Mapping[str, Owned[Setting]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as the settings page shows it. A secret is never shown again: only whether there is one."""

    setting: Setting
    module: str
    value: Value | None
    is_set: bool
    changed_at: datetime | None = None
    changed_by: str = ""
    """Name of the account; empty for the program and the command line."""


def bind(registry: Registry) -> None:
    """Make the settings of all plugins known to this process, once at start."""
    global _definitions
    _definitions = MappingProxyType({owned.item.key: owned for owned in registry.settings()})


def get(ctx: Context, key: str) -> Value:
    """The value of a setting, or its default. Of the context's school, or of the installation, as the setting says.

    Raises:
        KeyError: when no plugin has such a setting (a mistake of the program).
        ValueError: when a secret cannot be opened with the keys that are there.
    """
    return read(ctx, _definitions[key].item)


def read(ctx: Context, setting: Setting) -> Value:
    """The same for whoever holds the definition: it needs no plugins to be loaded."""
    stored = _stored(ctx, setting)
    if stored is None:
        return setting.default
    if setting.secret:
        return keys().unseal(str(stored), _place(ctx, setting))
    return _typed(setting, stored)


def put(ctx: Context, key: str, value: Value) -> None:
    """Change a setting.

    An empty text for a secret keeps the one that is stored, because the page cannot show it; `clear` takes it away.

    Raises:
        Forbidden: without `core.settings.manage` (school) or `core.installation.manage` (installation).
        Invalid: when the value is not of the setting's kind.
        NotFound: when no plugin has such a setting.
    """
    setting = _find(key)
    _require(ctx, setting)
    checked = _check(setting, value)
    if setting.secret and checked == "":
        return
    stored = keys().seal(str(checked), _place(ctx, setting)) if setting.secret else checked
    now = ctx.now()
    changed = {"value": stored, "updated_at": now, "changed_by": ctx.actor.account_id}
    row = {"id": new_id(), "school_id": _school(ctx, setting), "key": key, "created_at": now}
    statement = insert(SettingValue).values(**row, **changed)
    statement = statement.on_conflict_do_update(constraint="uq_core_setting_school_id_key", set_=changed)
    ctx.session.execute(statement)
    detail = {"value": "(secret)" if setting.secret else checked}
    audit.record(ctx, "settings.changed", target=("setting", key), detail=detail)


def clear(ctx: Context, key: str) -> None:
    """Go back to the default; the only way to take a secret away."""
    setting = _find(key)
    _require(ctx, setting)
    owner = SettingValue.school_id == _school(ctx, setting)
    ctx.session.execute(delete(SettingValue).where(SettingValue.key == key, owner))
    audit.record(ctx, "settings.cleared", target=("setting", key))


def shown(ctx: Context, modules: frozenset[str]) -> list[Shown]:
    """All settings of the context's scope whose module is on, with their values, for the settings page."""
    ctx.require("core.settings.read" if ctx.school else "core.installation.manage")
    scope = "school" if ctx.school else "instance"
    stored = {row.key: row for row in ctx.session.execute(_SHOWN.where(SettingValue.school_id == ctx.school))}
    found = []
    for key, owned in _definitions.items():
        setting = owned.item
        if setting.scope != scope or not (owned.module == "core" or owned.module in modules):
            continue
        row = stored.get(key)
        value = None if setting.secret else _typed(setting, row.value if row else setting.default)
        when, who = (row.updated_at, row.name or "") if row else (None, "")
        found.append(Shown(setting, owned.module, value, row is not None, when, who))
    return found


def values(ctx: Context, module: str) -> dict[str, Value]:
    """All values of a module in the clear, to test a connection with; never to be shown. Asks as `shown` does."""
    return {
        one.setting.key: get(ctx, one.setting.key) for one in shown(ctx, frozenset({module})) if one.module == module
    }


def labels(keys_: Iterable[str]) -> dict[str, Message]:
    """What known settings are called, by key; unknown ones are left out."""
    return {key: _definitions[key].item.label for key in keys_ if key in _definitions}


def checked(setting: Setting, value: Value) -> Value:
    """A value in the setting's kind, as `put` would store it. Raises `Invalid`."""
    return _check(setting, value)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    return (parts.scheme == "https" or local) and bool(parts.hostname) and not parts.username


def _find(key: str) -> Setting:
    owned = _definitions.get(key)
    if owned is None:
        raise NotFound
    return owned.item


def _require(ctx: Context, setting: Setting) -> None:
    ctx.require("core.settings.manage" if setting.scope == "school" else "core.installation.manage")


def _school(ctx: Context, setting: Setting) -> UUID | None:
    return ctx.school_id if setting.scope == "school" else None


def _place(ctx: Context, setting: Setting) -> str:
    return f"setting:{_school(ctx, setting) or 'instance'}:{setting.key}"


def _stored(ctx: Context, setting: Setting) -> Any:
    query = select(SettingValue.value).where(
        SettingValue.key == setting.key, SettingValue.school_id == _school(ctx, setting)
    )
    return ctx.session.execute(query).scalar_one_or_none()


def _check(setting: Setting, value: Value) -> Value:
    """The value in the setting's kind; texts from a form are read."""
    given = value.strip() if isinstance(value, str) else value
    problem: Message | None = None
    match setting.kind:
        case "bool":
            given = given in (True, 1, "1", "on", "true", "yes")
        case "int":
            try:
                given = int(given)
            except ValueError:
                problem = _("Please enter a whole number.")
        case "money":
            digits = str(given).replace(".", "").replace("\N{NO-BREAK SPACE}", "").removesuffix("₫").strip()
            problem = None if digits.isdecimal() and len(digits) < 16 else _("Please enter an amount in whole dong.")
            given = int(digits) if problem is None else given
        case "address":
            if given != "" and not _is_address(str(given)):
                problem = _("Please enter an address that begins with https://.")
        case "choice":
            if given not in {name for name, label in setting.choices}:
                problem = _("Choose one of the values.")
        case "text":
            given = str(given)
    if problem is not None:
        raise Invalid(_("The setting was not changed."), fields={setting.key: problem})
    return given


def _typed(setting: Setting, stored: Any) -> Value:
    match setting.kind:
        case "bool":
            return bool(stored)
        case "int" | "money":
            return int(stored)
        case _:
            return str(stored)
