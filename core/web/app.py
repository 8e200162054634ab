"""The application factory: puts the program together and mounts what the plugins bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from core.access import scopes
from core.data import i18n
from core.data.replica import Replica
from core.data.session import Database
from core.disclosure import purposes
from core.einvoices import providers as einvoice_providers
from core.files import service as files
from core.files.choosing import choose
from core.identity.oauth import scopes as token_scopes
from core.identity.oidc import providers as identity_providers
from core.kernel import discovery
from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded
from core.kernel.upgrade import blocked, judge
from core.notify import channels
from core.payments import providers
from core.sdk import VERSION
from core.sdk.web.runtime import Runtime
from core.settings import bind as bind_settings
from core.settings.instance import InstanceSettings
from core.settings.keys import use_keys
from core.signing import providers as signing_providers
from core.types.clock import Clock, utc_now
from core.types.staying import staying
from core.webhooks import bind as bind_webhooks

from . import components, compression, errors, frame, headers, language, tracing
from .api import bare_api, describe_oauth
from .assets import Assets, assets_blueprint
from .core_plugin import CORE_PLUGINS
from .flashes import FlashCookie
from .identify import enterer, identifier
from .mount import mount_plugins
from .pages import BLUEPRINTS, monitoring
from .pages.oauth.words import api_scopes
from .ways import onward

View = TypeVar("View", bound=Callable[..., Any])
MAX_UPLOAD = 32 * 1024 * 1024


class Program(Flask):
    """Flask whose views are plain functions: nobody looks at each of them in each request whether it is a coroutine."""

    def ensure_sync(self, func: View) -> View:
        return func

    def url_for(self, endpoint: str, /, **values: Any) -> str:  # type: ignore[override]  # its keywords are in values
        """An address; inside `by_way_of` one that leads there first."""
        return onward(super().url_for(endpoint, **values))


def load_registry(settings: InstanceSettings, engine: Engine | None = None) -> Registry:
    """Find, check and collect all plugins; a broken one is quarantined, a blocked one is not even imported.

    Args:
        engine: where to read which plugins the operator has blocked, besides those of the configuration.
    """
    names = {*settings.blocked_plugins, *(blocked(engine) if engine else ())}
    with staying():
        return collect(discovery.load(discovery.find(), api_version=VERSION, blocked=names), CORE_PLUGINS)


def bind(settings: InstanceSettings, registry: Registry, *, texts: bool = True) -> None:
    """Tell the parts below the web what this process runs with: keys, texts, payment providers, documents.

    Args:
        texts: False where the translations are read already.
    """
    use_keys(settings.keyring())
    bind_settings(registry)
    scopes.bind(registry)
    token_scopes.bind(registry.permissions())
    bind_webhooks(registry, loopback=settings.development)
    if texts:
        install_texts(registry)
    providers.bind(registry.payment_providers())
    signing_providers.bind(registry.signing_providers())
    purposes.bind(registry.purposes())
    channels.bind(registry.notification_channels())
    einvoice_providers.bind(registry.einvoice_providers())
    identity_providers.bind(registry.identity_providers())
    files.bind(choose(settings.file_store, registry.file_stores(), settings.var / "files"))


def open_database(settings: InstanceSettings) -> Database:
    """The pool of this process, and the replica where there is one."""
    replica = Replica(settings.replica_url, settings.replica_lag) if settings.replica_url else None
    return Database(settings.database_url, pooler=settings.pooler, replica=replica)


def create_app(
    settings: InstanceSettings,
    *,
    db: Database | None = None,
    registry: Registry | None = None,
    clock: Clock = utc_now,
) -> Flask:
    """Build the WSGI application.

    `db` and `registry` are given by tests; otherwise they are made from the settings.
    """
    db = db or open_database(settings)
    if registry is None:
        registry = load_registry(settings, db.engine)
        judge(db.engine, registry)
    bind(settings, registry)
    app = Program("truong", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="truong_flash",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
    )
    app.session_interface = FlashCookie()
    program = Runtime(
        db=db,
        registry=registry,
        secret=settings.secret_key.encode(),
        base_url=settings.base_url,
        development=settings.development,
        clock=clock,
    )
    program.identify = identifier(program)
    program.enter = enterer(program)
    app.extensions["truong"] = program
    assets = build_assets(settings, registry)
    app.extensions["truong.assets"] = assets
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_loader = _templates(registry)  # pyright: ignore[reportAttributeAccessIssue]
    components.install(app.jinja_env, assets.url)
    language.install(app, secure=settings.secure_cookies)
    frame.install(app)
    headers.install(app, secure=settings.secure_cookies)
    compression.install(app)
    _mount_core(app, assets)
    api = bare_api(app)
    describe_oauth(api, settings.base_url, api_scopes(registry))
    mount_plugins(app, program, api)
    errors.install(app, api)
    app.config[monitoring.TOKEN] = settings.metrics_token
    tracing.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _mount_core(app: Flask, assets: Assets) -> None:
    app.register_blueprint(assets_blueprint(assets))
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _package_folder(plugin: Loaded) -> Path:
    return Path(import_module(plugin.module.partition(":")[0]).__file__ or "").resolve().parent


def build_assets(settings: InstanceSettings, registry: Registry) -> Assets:
    """The files that browsers keep, of the core and of every usable plugin; quick when nothing has changed."""
    return Assets.build(settings.var / "assets", _plugin_assets(registry))


def _plugin_assets(registry: Registry) -> dict[str, Path]:
    """Static files of plugins, named `<plugin>/<file>`."""
    return {
        f"{plugin.name}/{file.name}": file
        for plugin in registry.plugins
        if plugin.usable
        for file in sorted((_package_folder(plugin) / "static").glob("*.*"))
    }


def install_texts(registry: Registry) -> None:
    """Read the translations of the core and of every usable plugin (all folders called `locale`)."""
    folders = [i18n.core_folder(), *(_package_folder(plugin) for plugin in registry.plugins if plugin.usable)]
    i18n.install(i18n.Catalogs(locale for folder in folders for locale in sorted(folder.rglob("locale"))))


def _templates(registry: Registry) -> ChoiceLoader:
    """The core's templates by their name; a plugin's as `<plugin>/<file>` from its `templates/<plugin>/`."""
    plugins: Mapping[str, Any] = {
        plugin.name: FileSystemLoader(_package_folder(plugin) / "templates" / plugin.name)
        for plugin in registry.plugins
        if plugin.usable
    }
    return ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), PrefixLoader(plugins)])
