"""QR codes as pictures, drawn here: what they say leaves the house on paper and screens only."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

__all__ = ["document", "svg"]


def svg(text: str, *, label: str) -> Markup:
    """A code for a page, black on white, as wide as its place; `label` says to screen readers what it is."""
    out = io.BytesIO()
    options = {"xmldecl": False, "svgns": False, "omitsize": True, "svgclass": None, "lineclass": None}
    _code(text).save(out, kind="svg", border=2, **options)
    seen = Markup(' role="img" aria-label="{}"').format(label)
    return Markup(out.getvalue().decode().replace("<svg", f"<svg{seen}", 1))  # noqa: S704  (made by segno)


def document(text: str, *, dark: str = "#000", mask: int | None = None) -> str:
    """The same as an SVG document of its own, without a border, to be set into a paper.

    Args:
        text: what it says.
        dark: colour of the dark squares.
        mask: one of the eight patterns, 0 to 7. Finding the best one takes 10 ms; readers take any.
    """
    out = io.BytesIO()
    _code(text, mask).save(out, kind="svg", border=0, dark=dark, xmldecl=False)
    return out.getvalue().decode()


def _code(text: str, mask: int | None = None) -> segno.QRCode:
    return segno.make(text, error="m", micro=False, mask=mask)
