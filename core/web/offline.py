"""Family pages as an app on the phone: the web manifest and the service worker.

The worker keeps static files and one offline page and nothing else: a phone may be shared, and what a family
owes is nobody else's business. Both answers are public; the worker must be served at the root of its scope.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

from core.web.assets import STATIC, Assets

_KEPT = (
    "truong.css",
    "truong.js",
    "icons.svg",
    "icon.svg",
    "be-vietnam-pro-400.woff2",
    "be-vietnam-pro-600.woff2",
)


def worker_source(assets: Assets, offline_url: str) -> str:
    """The JavaScript of the service worker with this build's addresses in it."""
    kept = json.dumps([assets.url(name) for name in _KEPT])
    mark = blake2b((kept + offline_url).encode(), digest_size=6).hexdigest()
    source = (Path(STATIC) / "worker.js").read_text()
    return source.replace("__MARK__", mark).replace('"__OFFLINE__"', json.dumps(offline_url)).replace("__FILES__", kept)


def web_manifest(assets: Assets, school_name: str, start_url: str, scope: str, locale: str = "vi") -> dict[str, object]:
    """The web app manifest (W3C Web Application Manifest) for one school's family pages."""
    return {
        "id": scope,
        "name": school_name,
        "short_name": school_name.removeprefix("Trường ")[:24],
        "lang": locale,
        "start_url": start_url,
        "scope": scope,
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": [
            {"src": assets.url("icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": assets.url("icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {
                "src": assets.url("icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
            {"src": assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        ],
    }
