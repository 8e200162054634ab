"""Python side of the parts: filters, plots and the frame. ``install`` gives them to a Jinja environment."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from core.web.components import plots
from core.web.components.format import FILTERS, speak
from core.web.components.frame import Frame, NavItem, NavSection
from core.web.components.gallery import gallery_context
from core.web.components.tables import table_rows

__all__ = ["Frame", "NavItem", "NavSection", "gallery_context", "install"]


def install(environment: Environment, asset_url: Callable[[str], str]) -> None:
    """Give templates the filters and globals that the parts use.

    ``asset_url`` maps a file name (``truong.css``) to its address by hash: ``core.web.assets.Assets.url``.
    The translator ``_`` is the application's to set; lazy messages are spoken through it wherever they are printed.
    """
    environment.filters.update(FILTERS)
    environment.globals.update(asset_url=asset_url, plots=plots, table_rows=table_rows)
    environment.finalize = speak
