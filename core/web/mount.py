"""Mounting pages and APIs of plugins, each by itself: one that cannot be mounted is quarantined, the others serve."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import NotFound

from core.kernel.facade import Owned
from core.kernel.states import PluginState
from core.sdk.web.runtime import Runtime

from .api import PREFIX, ProblemApi, bare_api

log = logging.getLogger(__name__)
Views = Mapping[str, Callable[..., Any]]


class OpenView(Exception):
    """A view says neither which permission it asks for nor why it is public."""


def mount_plugins(app: Flask, program: Runtime, api: ProblemApi) -> None:
    """Mount everything that usable plugins bring, after trying it on a throw-away application."""
    trial = bare_api(Flask("trial", static_folder=None))
    for owned in program.registry.pages():
        prefix = owned.item.url_prefix or f"/{owned.module}"
        _mount(program, owned, lambda o=owned, p=prefix: _pages(trial.app, app, o, p))  # type: ignore[misc]
    for owned in program.registry.api():
        prefix = PREFIX + (owned.item.url_prefix or f"/{owned.module}")
        _mount(program, owned, lambda o=owned, p=prefix: _api(trial, api, o, p))  # type: ignore[misc]
    _check_links(app, program)
    if any(not plugin.usable for plugin in program.registry.plugins):
        app.before_request(_closed(program))


def undeclared(views: Views) -> Iterator[str]:
    """Endpoints whose view is neither `@page`, `@api` nor `@public`."""
    for endpoint, view in views.items():
        if endpoint == "static":
            continue
        methods = getattr(view, "view_class", None)
        if methods is None:
            if not _declares(view):
                yield endpoint
            continue
        for verb in methods.methods or ():
            function = getattr(methods, verb.lower(), None)
            if function is not None and not _declares(function):
                yield f"{endpoint}.{verb}"


def _declares(view: Callable[..., Any] | None) -> bool:
    while view is not None:
        if hasattr(view, "truong_permission") or hasattr(view, "truong_public"):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _mount(program: Runtime, owned: Owned[Any], mount: Callable[[], None]) -> None:
    plugin = program.registry.plugin(owned.module)
    if plugin is not None and not plugin.usable:
        return  # an earlier blueprint of the same plugin has failed
    try:
        mount()
    except Exception as error:
        if plugin is None:
            raise  # the core's own
        log.exception("the pages of plugin %s cannot be mounted", owned.module)
        program.registry.quarantine(owned.module, PluginState.ROUTE_FAILED, f"{type(error).__name__}: {error}")
        return
    finally:
        program.module_of.setdefault(owned.item.name, owned.module)


def _pages(trial: Flask, app: Flask, owned: Owned[Any], prefix: str) -> None:
    known = set(trial.view_functions)
    trial.register_blueprint(owned.item, url_prefix=prefix)
    _refuse_open_views({name: view for name, view in trial.view_functions.items() if name not in known})
    app.register_blueprint(owned.item, url_prefix=prefix)


def _api(trial: ProblemApi, api: ProblemApi, owned: Owned[Any], prefix: str) -> None:
    known = set(trial.app.view_functions)
    trial.register_blueprint(owned.item, url_prefix=prefix)
    _refuse_open_views({name: view for name, view in trial.app.view_functions.items() if name not in known})
    api.register_blueprint(owned.item, url_prefix=prefix)


def _refuse_open_views(views: Views) -> None:
    if found := sorted(undeclared(views)):
        raise OpenView(f"{', '.join(found)}: neither @page, @api nor @public")


def _check_links(app: Flask, program: Runtime) -> None:
    """A link that leads nowhere would break every page that shows it; a part without its place is only missing."""
    for hook in ("provide_nav", "provide_actions", "provide_importers", "provide_exporters"):
        for owned in program.registry.owned(hook):
            if owned.item.endpoint not in app.view_functions:
                diagnosis = f"{hook}: there is no page {owned.item.endpoint!r}"
                program.registry.quarantine(owned.module, PluginState.ROUTE_FAILED, diagnosis)
    places = program.registry.slot_places()
    for owned in program.registry.owned("provide_slots"):
        if owned.item.place not in places:
            log.warning("plugin %s: no page has the place %s", owned.module, owned.item.place)


def _closed(program: Runtime) -> Callable[[], None]:
    """What a quarantined plugin had mounted before it failed answers 404."""
    out = {plugin.name for plugin in program.registry.plugins if not plugin.usable}
    names = frozenset(name for name, module in program.module_of.items() if module in out)

    def close() -> None:
        if request.blueprint in names:
            raise NotFound()

    return close
