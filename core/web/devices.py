"""A browser in words: `Chrome on Android`, from what it says of itself."""

from __future__ import annotations

from ipaddress import ip_address

from core.types.message import Message, _

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Zalo", "Zalo"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""The mark in the user agent and its name; the first that fits counts, because browsers name those they resemble."""


def device_name(user_agent: str) -> Message:
    """What a person recognises; the rest of the text only says which version it was."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    found = browser or system
    return Message("%(name)s", {"name": found}) if found else _("Unknown device")


def place_of(address: str) -> str:
    """The front part of an address: enough to tell home from school, too little to find anybody.

    >>> place_of("203.0.113.7")
    '203.0.113.…'
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "–"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 4:
        return ".".join(str(found).split(".")[:3]) + ".…"
    return ":".join(f"{int(part, 16):x}" for part in found.exploded.split(":")[:3]) + ":…"
