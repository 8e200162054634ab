"""What axe-core finds on a page, for all tests in a browser."""

from __future__ import annotations

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
_ONLY = {"resultTypes": ["violations"]}
"""Half the time: axe need not describe what it has passed."""


def violations(page: Page) -> list[str]:
    """Rules that the page breaks, each with the first elements that do; the page must allow evaluated scripts."""
    found = _AXE.run(page, options=_ONLY)["violations"]
    return [f"{rule['id']}: {[node['html'][:150] for node in rule['nodes'][:3]]}" for rule in found]
