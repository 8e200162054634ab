"""QR codes as pictures, made here: no address and no amount leaves the house."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup


def _code(text: str) -> segno.QRCode:
    # Level M is what NAPAS asks for; the next version up is taken rather than a smaller level.
    return segno.make(text, error="m", micro=False)


def svg(text: str, *, label: str = "") -> Markup:
    """Markup for a page, black on white, as wide as its place; `label` for screen readers, else it is decoration."""
    out = io.BytesIO()
    _code(text).save(
        out, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True, svgclass=None, lineclass=None
    )
    seen = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    markup = out.getvalue().decode()
    return Markup(markup.replace("<svg", f"<svg{seen}", 1))  # noqa: S704  (made by segno from digits and letters)


def png(text: str) -> bytes:
    """A picture for the photo album of a phone, about 600 pixels wide, with the quiet zone that scanners need."""
    code = _code(text)
    out = io.BytesIO()
    code.save(out, kind="png", border=4, scale=max(600 // (code.symbol_size(border=4)[0]), 4))
    return out.getvalue()
