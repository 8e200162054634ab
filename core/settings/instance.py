"""The configuration of the installation: files under `config/`, overridden by the environment, frozen at start.

Order, later wins: defaults here, `config/default.toml`, the file of the environment
(`config/development.toml` or `config/production.toml`), the file named by `TRUONG_CONFIG`, then
`TRUONG_<NAME>` variables.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, Self

from .keys import Keyring

Environment = Literal["development", "production"]
_ROOT = Path(__file__).resolve().parents[2]
_PREFIX = "TRUONG_"


class ConfigurationError(Exception):
    """The configuration cannot be used; the text says which name and why."""


@dataclass(frozen=True, slots=True)
class InstanceSettings:
    """Everything the program must know before it can ask the database."""

    environment: Environment = "development"
    database_url: str = field(default="", repr=False)
    """What web and commands use (role truong_app); empty: the embedded PostgreSQL under `var`."""
    worker_database_url: str = field(default="", repr=False)
    """What `truong worker` uses (role truong_worker)."""
    admin_database_url: str = field(default="", repr=False)
    """What `truong db upgrade` uses (role truong_owner)."""
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """Newest first; empty: `var/secret.key`, made at the first start."""
    var: Path = _ROOT / "var"
    """Files, secret key and the embedded database."""
    base_url: str = "http://127.0.0.1:8080"
    """How browsers reach the program: in links, QR codes and return addresses of providers."""
    secret_file: Path | None = field(default=None, repr=False)
    """Where the secrets were read from, when they are not configured."""
    trusted_proxies: int = 0
    """How many reverse proxies stand before the program; their X-Forwarded-* headers are believed."""
    blocked_plugins: tuple[str, ...] = ()
    file_store: str = "local"
    """Where documents lie: `local` (below `var`), `s3`, or the name of a store that a plugin brings."""
    metrics_token: str = field(default="", repr=False)
    """Opens /metrics from anywhere; without it only this machine may ask."""
    log_format: str = ""
    """`json` or `text`; empty: json in production."""
    pooler: bool = False
    """`database_url` leads to a pooler in transaction mode (PgBouncer): no prepared statements, no options of the
    connection, and workers look for jobs each second instead of listening."""
    replica_url: str = field(default="", repr=False)
    """A streaming replica (role truong_app), read by reports, exports and figures; empty: they read the primary."""
    replica_lag: int = 30
    """Seconds by which the replica may be behind; beyond that the primary is read."""
    secure_cookies: bool = True
    """Cookies over HTTPS only; off only where `base_url` is plain HTTP."""

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def secret_key(self) -> str:
        """The newest secret."""
        return self.secret_keys[0]

    def keyring(self) -> Keyring:
        return Keyring(self.secret_keys, file=self.secret_file)

    def with_database(self, database_url: str, worker_database_url: str, admin_database_url: str) -> Self:
        return replace(
            self,
            database_url=database_url,
            worker_database_url=worker_database_url,
            admin_database_url=admin_database_url,
        )


def load_settings(
    environ: Mapping[str, str] = os.environ, *, config: Path = _ROOT / "config", var: Path | None = None
) -> InstanceSettings:
    """Read the configuration.

    Args:
        environ: the environment variables.
        config: the folder of configuration files.
        var: the folder of the program's files, before any configuration is asked.

    Raises:
        ConfigurationError: for an unknown name, a value of the wrong kind, or a production without what it needs.
    """
    values: dict[str, Any] = _file(config / "default.toml")
    environment = environ.get(_PREFIX + "ENVIRONMENT") or values.get("environment", "development")
    if environment not in ("development", "production"):
        raise ConfigurationError(f"environment is {environment!r}, not development or production")
    values |= _file(config / f"{environment}.toml")
    if named := environ.get(_PREFIX + "CONFIG"):
        if not Path(named).is_file():
            raise ConfigurationError(f"{_PREFIX}CONFIG names {named}, which is not there")
        values |= _file(Path(named))
    values |= _environment(environ)
    values["environment"] = environment
    if var is not None:
        values.setdefault("var", str(var))
    settings = InstanceSettings(**{name: _read(name, value) for name, value in values.items()})
    if not settings.secret_keys:
        path = settings.var / "secret.key"
        settings = replace(settings, secret_keys=_secret_file(path), secret_file=path)
    _check(settings, explicit="secure_cookies" in values)
    if "secure_cookies" not in values:
        settings = replace(settings, secure_cookies=settings.base_url.startswith("https://"))
    return settings


_KINDS: dict[str, type] = {
    "trusted_proxies": int,
    "replica_lag": int,
    "secure_cookies": bool,
    "pooler": bool,
    "var": Path,
    "secret_keys": tuple,
    "blocked_plugins": tuple,
}
_NAMES = frozenset(f.name for f in fields(InstanceSettings)) - {"secret_file"}
_ALIAS = {"secret_key": "secret_keys"}
_NOT_SETTINGS = frozenset({"config", "environment", "secret_file"})


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name}: {error}") from error
    values = {_ALIAS.get(name, name): value for name, value in values.items()}
    if unknown := set(values) - _NAMES:
        raise ConfigurationError(f"{path.name}: unknown names {', '.join(sorted(unknown))}")
    return values


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """`TRUONG_*` variables that name a setting; others belong to other programs of the house."""
    found = {}
    for variable, value in environ.items():
        name = variable.removeprefix(_PREFIX).lower()
        name = _ALIAS.get(name, name)
        if variable.startswith(_PREFIX) and name in _NAMES - _NOT_SETTINGS:
            found[name] = value
    return found


def _read(name: str, value: Any) -> Any:
    kind = _KINDS.get(name, str)
    try:
        if kind is tuple:
            items = value.replace(",", " ").split() if isinstance(value, str) else value
            return tuple(str(item) for item in items)
        if kind is bool and isinstance(value, str):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[value.lower()]
        if kind is Path:
            return Path(value) if Path(value).is_absolute() else _ROOT / value
        return kind(value)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{name}: {value!r} is no {kind.__name__}") from error


def _check(settings: InstanceSettings, *, explicit: bool) -> None:
    try:  # an empty secret.key too: it is never replaced silently, sealed settings would be lost
        settings.keyring()
    except ValueError as error:
        raise ConfigurationError(f"secret_key: {error}") from error
    if settings.log_format not in ("", "json", "text"):
        raise ConfigurationError("log_format must be json or text")
    if settings.metrics_token and len(settings.metrics_token) < 20:
        raise ConfigurationError("metrics_token must have at least 20 characters")
    if settings.replica_lag < 1:
        raise ConfigurationError("replica_lag must be at least 1 second")
    if settings.replica_url and not settings.database_url:
        raise ConfigurationError("replica_url needs database_url: the embedded server has no replica")
    if settings.development:
        return
    if not settings.base_url.startswith("https://"):
        raise ConfigurationError("base_url must begin with https:// in production")
    if explicit and not settings.secure_cookies:
        raise ConfigurationError("secure_cookies cannot be off in production")


def write_secrets(path: Path, secret_keys: Sequence[str]) -> None:
    """Replace the file of secrets, whole or not at all; running programs follow it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write("".join(f"{key}\n" for key in secret_keys))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def _secret_file(path: Path) -> tuple[str, ...]:
    """The secrets of this installation, one a line, newest first; made on first use, readable by the owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under another name, then linked: of two programs that start at once, one wins.
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(48) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return tuple(path.read_text("ascii").split())
