"""Be Vietnam Pro cut down to what Vietnamese and English pages need, with figures of one width added.

The family has no tabular figures (its ``1`` is 385 units wide, its ``4`` 710), so columns of money would
not align. We add them: each digit once more, centred in one advance (the ``1`` gets a foot, or it would stand
in a gap), behind the OpenType feature ``tnum`` that ``font-variant-numeric: tabular-nums`` asks for. The
licence (OFL 1.1, no reserved font name) allows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from importlib.resources import files
from io import BytesIO
from typing import Final

from fontTools import subset
from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph, flagOnCurve, flagOverlapSimple

WEIGHTS: Final = {400: "Regular", 600: "SemiBold"}
FIGURE_WIDTH: Final = 660  # in 1/1000 em: the widest ink (4, 614) and room to breathe
FOOT_WIDTH: Final = 400
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_VIETNAMESE: Final = "ĂăÂâĐđÊêÔôƠơƯư"
_SIGNS: Final = "–—‘’“”•…‹›€₫−×·°¹²³½¼¾§©®«»→←"


def alphabet() -> set[int]:
    """Code points kept: Latin-1, every Vietnamese letter with its tones, combining marks, the dong, signs."""
    points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x1EA0, 0x1EFA))
    points |= {0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0}
    points |= {0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323}
    return points | {ord(sign) for sign in _VIETNAMESE + _SIGNS}


def subset_font(weight: int, unicodes: Iterable[int] | None = None) -> bytes:
    """One weight as WOFF2 bytes: subset, kerned, with tabular figures."""
    source = files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{WEIGHTS[weight]}.ttf"
    font = TTFont(BytesIO(source.read_bytes()), recalcTimestamp=False)
    options = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "liga"], hinting=False)
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=unicodes if unicodes is not None else alphabet())
    cutter.subset(font)
    add_tabular_figures(font)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def add_tabular_figures(font: TTFont) -> None:
    """Add ``<digit>.tnum`` glyphs of one advance and the ``tnum`` feature that selects them."""
    glyphs = font["glyf"]
    mapping: dict[str, str] = {}
    for name in _DIGITS:
        glyph = deepcopy(glyphs[name])
        if name == "one":
            _add_foot(glyph)
        glyph.recalcBounds(glyphs)
        shift = (FIGURE_WIDTH - glyph.xMax - glyph.xMin) // 2
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(glyphs)
        mapping[name] = f"{name}.tnum"
        glyphs[mapping[name]] = glyph
        font["hmtx"][mapping[name]] = (FIGURE_WIDTH, glyph.xMin)
    _add_feature(font, mapping)


def _add_foot(one: Glyph) -> None:
    """A bar under the stem, a little thinner than the stem, as wide as the other figures need it."""
    at_base = [x for x, y in one.coordinates if y == 0]
    left, right = min(at_base), max(at_base)
    start, top = (left + right - FOOT_WIDTH) // 2, round((right - left) * 0.86)
    foot = [
        (start, 0),
        (start, top),
        (start + FOOT_WIDTH, top),
        (start + FOOT_WIDTH, 0),
    ]  # clockwise, as the outline is
    one.coordinates.extend(foot)
    one.flags.extend([flagOnCurve] * len(foot))
    one.flags[0] |= flagOverlapSimple
    one.endPtsOfContours.append(len(one.coordinates) - 1)
    one.numberOfContours += 1


def _add_feature(font: TTFont, mapping: dict[str, str]) -> None:
    table = font["GSUB"].table
    table.LookupList.Lookup.append(buildLookup([buildSingleSubstSubtable(mapping)]))
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    feature = otTables.Feature()  # pyright: ignore[reportAttributeAccessIssue]  # classes made at import
    feature.FeatureParams = None
    feature.LookupListIndex = [table.LookupList.LookupCount - 1]
    feature.LookupCount = 1
    record = otTables.FeatureRecord()  # pyright: ignore[reportAttributeAccessIssue]  # as above
    record.FeatureTag, record.Feature = "tnum", feature
    table.FeatureList.FeatureRecord.append(record)
    table.FeatureList.FeatureCount = len(table.FeatureList.FeatureRecord)
    for script in table.ScriptList.ScriptRecord:
        systems = [script.Script.DefaultLangSys, *(each.LangSys for each in script.Script.LangSysRecord)]
        for system in (each for each in systems if each is not None):
            system.FeatureIndex.append(table.FeatureList.FeatureCount - 1)
            system.FeatureCount = len(system.FeatureIndex)


def font_face_css(names: dict[int, str]) -> str:
    """``@font-face`` rules for the built files (weight -> name), and a system fallback of like width."""
    faces = [
        f'@font-face{{font-family:"Be Vietnam Pro";font-style:normal;font-weight:{weight};font-display:swap;'
        f'src:url("{name}") format("woff2")}}'
        for weight, name in sorted(names.items())
    ]
    fallback = (
        '@font-face{font-family:"Be Vietnam Fallback";src:local("Roboto"),local("Arial");'
        "size-adjust:106%;ascent-override:94%;descent-override:25%;line-gap-override:0%}"
    )
    return "".join([*faces, fallback])
