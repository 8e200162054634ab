"""Plots as SVG drawn on the server: fluid width, text at reading size, colours and patterns from the sheet.

The SVG has no viewBox: lengths along x are percentages, so a plot fits a phone and a desktop and its text
keeps its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

from markupsafe import Markup, escape

from core.web.components.format import money, number

Row = tuple[object, int] | tuple[object, int, object]
StackRow = tuple[object, Sequence[int]]

_ROW, _BAR, _TEXT = 46, 14, 15
_MAX_SERIES = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a bar: its start and length in percent of the width, and its series."""

    start: float
    length: float
    series: int


def shown(value: int, value_kind: str, unit: str) -> str:
    """The number as people read it, with its unit."""
    if value_kind == "money":
        return money(value)
    return f"{number(value)} {unit}" if unit else number(value)


def bars(title: object, description: object, rows: Sequence[Row], value_kind: str = "number", unit: str = "") -> Markup:
    """Horizontal bars, one a row: ``(label, value)`` or ``(label, value, text to show)``."""
    top = max((row[1] for row in rows), default=0) or 1
    drawn = [
        (
            row[0],
            row[2] if len(row) == 3 else shown(row[1], value_kind, unit),
            [Segment(0, 100 * max(row[1], 0) / top, 0)],
        )
        for row in rows
    ]
    return _svg(title, description, drawn)


def stacked(
    title: object,
    description: object,
    series: Sequence[object],
    rows: Sequence[StackRow],
    value_kind: str = "number",
    unit: str = "",
) -> Markup:
    """Bars made of parts, scaled to the longest; at most four series, each with its own pattern."""
    if len(series) > _MAX_SERIES:
        raise ValueError(f"a stacked plot shows at most {_MAX_SERIES} series")
    top = max((sum(values) for _, values in rows), default=0) or 1
    drawn = []
    for label, values in rows:
        start, segments = 0.0, []
        for index, value in enumerate(values):
            segments.append(Segment(start, 100 * value / top, index))
            start += 100 * value / top
        drawn.append((label, shown(sum(values), value_kind, unit), segments))
    return _legend(series, _key(title)) + _svg(title, description, drawn, "bars parts")


def _key(title: object) -> str:
    """An id that is the same at every rendering, so pages stay cacheable."""
    return "p" + blake2s(str(title).encode(), digest_size=4).hexdigest()


Drawn = Sequence[tuple[object, object, Sequence[Segment]]]


def _svg(title: object, description: object, rows: Drawn, css_class: str = "bars") -> Markup:
    key = _key(title)
    parts = [
        Markup('<svg class="{}" width="100%" height="{}" role="img" aria-labelledby="{}-t {}-d">').format(
            css_class, max(len(rows) * _ROW - 8, 1), key, key
        ),
        Markup('<title id="{}-t">{}</title><desc id="{}-d">{}</desc>').format(
            key, title, key, _described(description, rows)
        ),
        _patterns(key),
    ]
    for index, (label, value, segments) in enumerate(rows):
        y = index * _ROW
        parts.append(Markup('<text x="0" y="{}">{}</text>').format(y + _TEXT, label))
        parts.append(Markup('<text class="value" x="100%" y="{}" text-anchor="end">{}</text>').format(y + _TEXT, value))
        bar_y = y + _TEXT + 7
        parts.append(Markup('<rect class="track" x="0" y="{}" width="100%" height="{}" rx="3"/>').format(bar_y, _BAR))
        parts.extend(_segment(key, bar_y, segment) for segment in segments if segment.length > 0)
    return Markup("").join([*parts, Markup("</svg>")])


def _described(description: object, rows: Drawn) -> Markup:
    """The description, then every row in words: what a screen reader says instead of the picture."""
    words = "; ".join(f"{label}: {value}" for label, value, _ in rows)
    return escape(f"{description or ''} {words}".strip())


def _segment(key: str, y: int, segment: Segment) -> Markup:
    rect = Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}" rx="3"{}/>')
    place = (f"{segment.start:.2f}", y, f"{segment.length:.2f}", _BAR)
    solid = rect.format(f"series-{segment.series}", *place, "")
    if segment.series == 0:
        return solid
    return solid + rect.format("pattern", *place, Markup(' fill="url(#{}-{})"').format(key, segment.series))


def _patterns(key: str) -> Markup:
    """Stripes, dots and a grid, so that series differ without colour."""
    shapes = {1: "M0 6L6 0", 2: "M3 0V6", 3: "M0 3H6M3 0V6"}
    size = Markup('width="6" height="6" patternUnits="userSpaceOnUse"')
    shape = Markup('<pattern id="{}-{}" {}><path d="{}"/></pattern>')
    drawn = (shape.format(key, index, size, path) for index, path in shapes.items())
    return Markup("<defs>{}</defs>").format(Markup("").join(drawn))


def _legend(series: Sequence[object], key: str) -> Markup:
    items = Markup("").join(
        Markup('<li><svg class="swatch" width="16" height="14" aria-hidden="true">{}</svg>{}</li>').format(
            _swatch(key, index), name
        )
        for index, name in enumerate(series)
    )
    return Markup('<ul class="legend">{}</ul>').format(items)


def _swatch(key: str, index: int) -> Markup:
    rect = Markup('<rect class="series-{}" width="16" height="14" rx="3"/>').format(index)
    if index == 0:
        return rect
    return rect + Markup('<rect class="pattern" width="16" height="14" rx="3" fill="url(#{}-{})"/>').format(key, index)
