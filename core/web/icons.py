"""Icons of the app as pictures: phones and tablets want PNG where browsers take the SVG.

Drawn from `static/icon.svg` by typst, which the program has for documents. A maskable icon (W3C Web Application
Manifest, section 'purpose') keeps its drawing inside a circle of 80 % and fills the rest; an Apple touch icon is
filled to the edges because the system rounds it.
"""

from __future__ import annotations

from typing import Final

import typst

GROUND: Final = "#1f5c46"
SIZES: Final = {
    "icon-192.png": (192, 1.0, False),
    "icon-512.png": (512, 1.0, False),
    "icon-maskable-512.png": (512, 0.8, True),
    "apple-touch-icon.png": (180, 0.9, True),
}
"""Name: width in pixels, share of the width that the drawing takes, whether the ground fills the edges."""
_SIDE: Final = 64
_PAGE: Final = """#set page(width: {side}pt, height: {side}pt, margin: 0pt, fill: {fill})
#align(center + horizon, image(bytes(sys.inputs.icon), format: "svg", width: {drawing}pt))"""


def picture(svg: bytes, pixels: int, share: float, filled: bool) -> bytes:
    """The icon as PNG of `pixels` by `pixels`."""
    fill = f'rgb("{GROUND}")' if filled else "none"
    page = _PAGE.format(side=_SIDE, fill=fill, drawing=_SIDE * share)
    made = typst.compile(page.encode(), format="png", ppi=72 * pixels / _SIDE, sys_inputs={"icon": svg.decode()})
    if not isinstance(made, bytes):
        raise TypeError("typst gave no picture")
    return made


def pictures(svg: bytes) -> dict[str, bytes]:
    """All pictures by file name."""
    return {name: picture(svg, *form) for name, form in SIZES.items()}
