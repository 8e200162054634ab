"""Contrast of the colour tokens in both modes, and the weight of what a page loads.

Contrast: WCAG 2.2, 1.4.3 (4.5:1 for text) and 1.4.11 (3:1 for borders of controls, marks of state, focus).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.web.assets import STATIC, Assets, small_css

from .parts_site import make_site

SHEET = (STATIC / "truong.css").read_text()

TEXT = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-2", "accent-ink", "attention-ink")
        for ground in ("paper", "surface", "sunk")
    ],
    ("ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("accent-ink", "accent-soft"),
    ("ink", "attention-soft"),
    ("attention-ink", "attention-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-attention", "attention"),
    ("on-attention", "attention-deep"),
    ("on-rail", "rail-on"),
    ("ink", "rail-paper"),
    ("ink-2", "rail-paper"),
    ("ink", "line"),
]
SHAPES = [
    *[(shape, ground) for shape in ("edge", "accent", "attention") for ground in ("paper", "surface", "sunk")],
    ("accent", "rail-paper"),
    ("accent", "line"),
    ("series-0", "surface"),
    ("series-0", "series-1"),
    ("series-3", "surface"),
]


def tokens(mode: str) -> dict[str, str]:
    light = re.search(r":root \{(.*?)\n  \}", SHEET, re.S)
    dark = re.search(r':root\[data-theme="dark"\] \{(.*?)\n  \}', SHEET, re.S)
    assert light
    assert dark
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light[1]))
    if mode == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark[1]))
    return found


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(mode: str, ink: str, ground: str) -> None:
    known = tokens(mode)
    assert contrast(known[ink], known[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(mode: str, shape: str, ground: str) -> None:
    known = tokens(mode)
    needed = 1.8 if shape.startswith("series") and ground.startswith("series") else 3
    assert contrast(known[shape], known[ground]) >= needed


def test_dark_means_the_same_by_device_and_by_choice() -> None:
    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \} \}', SHEET, re.S)
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\n  \}', SHEET, re.S)
    assert by_device
    assert by_choice
    assert by_device[1].split() == by_choice[1].split()


def test_colours_are_named_only_among_the_tokens() -> None:
    rules = SHEET[SHEET.index("@layer base {") : SHEET.index("@layer print {")]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", rules)) == {"#fff"}, "white behind a QR code only"


def test_every_token_that_is_used_exists() -> None:
    assert set(re.findall(r"var\(--([\w-]+)", SHEET)) <= set(re.findall(r"--([\w-]+):", SHEET))


def test_a_small_sheet_says_the_same() -> None:
    small = small_css("/* why */\na > b , c:hover {\n  color: red;\n  width: calc(1px + 2px);\n}\n")
    assert small == "a > b,c:hover{color:red;width:calc(1px + 2px)}"


def test_weight_of_a_first_visit(tmp_path: Path) -> None:
    """ui.md: a page below 100 kB without pictures; the frame has one sheet and one script."""
    site = make_site(tmp_path)
    assets = Assets.build(tmp_path)
    client = site.test_client()

    def weight(address: str) -> int:
        with client.get(address, headers={"Accept-Encoding": "br"}) as answer:
            return len(answer.data)

    later = {"worker.js", *(name for name in assets.names if name.endswith(".png"))}  # fetched by who installs the app
    parts = {name: weight(assets.url(name)) for name in assets.names if name not in later}
    page = weight("/pay")
    assert page < 12_000
    assert (tmp_path / assets.names["truong.css"]).stat().st_size < 38_000
    assert parts["truong.css"] < 9_000
    assert parts["truong.js"] < 6_000
    assert parts["icons.svg"] < 3_000
    assert sum(parts.values()) + page < 70_000
    assert parts["truong.css"] + page < 20_000, "what stands before the first paint"
