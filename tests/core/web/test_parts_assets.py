"""Fonts cut to Vietnamese with figures of one width; files that browsers keep for ever."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from core.web.assets import Assets
from core.web.fonts import FIGURE_WIDTH, WEIGHTS, subset_font
from core.web.offline import web_manifest, worker_source

from .parts_site import make_site

SENTENCE = "Trường Tiểu học Nguyễn Bỉnh Khiêm thu 1.250.000 ₫ – đúng hạn: ỷ ỡ ẵ ặ ỗ ự ỵ Ẫ Ở Ữ Đ “…”"


@pytest.fixture(scope="module", params=sorted(WEIGHTS))
def font(request: pytest.FixtureRequest) -> tuple[TTFont, int]:
    content = subset_font(request.param)
    return TTFont(BytesIO(content)), len(content)


def test_fonts_are_light_and_know_vietnamese(font: tuple[TTFont, int]) -> None:
    face, size = font
    assert size < 30_000
    assert {ord(letter) for letter in SENTENCE} <= set(face.getBestCmap() or {})


def test_tabular_figures_have_one_width(font: tuple[TTFont, int]) -> None:
    face, _ = font
    table = face["GSUB"].table
    record = next(r for r in table.FeatureList.FeatureRecord if r.FeatureTag == "tnum")
    mapping = table.LookupList.Lookup[record.Feature.LookupListIndex[0]].SubTable[0].mapping
    names = face.getBestCmap() or {}
    digits = [names[ord(d)] for d in "0123456789"]
    assert {face["hmtx"][mapping[d]][0] for d in digits} == {FIGURE_WIDTH}
    assert len({face["hmtx"][d][0] for d in digits}) > 1, "the plain figures stay as they were drawn"
    for name in mapping.values():
        glyph = face["glyf"][name]
        assert glyph.xMin > 0, "figures must not touch"
        assert glyph.xMax < FIGURE_WIDTH


def test_every_language_system_can_ask_for_them(font: tuple[TTFont, int]) -> None:
    table = font[0]["GSUB"].table
    index = next(i for i, r in enumerate(table.FeatureList.FeatureRecord) if r.FeatureTag == "tnum")
    for script in table.ScriptList.ScriptRecord:
        for system in [script.Script.DefaultLangSys, *(s.LangSys for s in script.Script.LangSysRecord)]:
            assert system is None or index in system.FeatureIndex


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    first = Assets.build(tmp_path)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert Assets.build(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == written


def test_names_follow_the_content(tmp_path: Path) -> None:
    script = tmp_path / "rounds.js"
    script.write_text("export const a = 1;")
    before = Assets.build(tmp_path / "out", {"finance/rounds.js": script})
    script.write_text("export const a = 2;")
    after = Assets.build(tmp_path / "out", {"finance/rounds.js": script})
    assert before.url("finance/rounds.js") != after.url("finance/rounds.js")
    assert before.url("truong.css") == after.url("truong.css")
    assert after.url("finance/rounds.js").startswith("/assets/finance/rounds.")
    with pytest.raises(LookupError, match=r"no such asset: nothing\.css"):
        after.url("nothing.css")


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None), ("br;q=0", None)])
def test_files_are_served_packed_and_for_ever(tmp_path: Path, accepted: str, encoding: str | None) -> None:
    client = make_site(tmp_path).test_client()
    answer = client.get(Assets.build(tmp_path).url("truong.css"), headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    answer.close()


@pytest.mark.parametrize("name", ["assets.json", "../assets.json", "truong.css", "%2e%2e/secret"])
def test_only_built_files_are_served(tmp_path: Path, name: str) -> None:
    assert make_site(tmp_path).test_client().get(f"/assets/{name}").status_code == 404


def test_the_worker_keeps_static_files_only(tmp_path: Path) -> None:
    assets = Assets.build(tmp_path)
    source = worker_source(assets, "/pay/offline")
    assert "__" not in source
    for name in ("truong.css", "truong.js", "be-vietnam-pro-400.woff2"):
        assert assets.url(name) in source
    assert 'OFFLINE = "/pay/offline"' in source


def test_the_manifest_names_the_school(tmp_path: Path) -> None:
    manifest = web_manifest(Assets.build(tmp_path), "Trường THCS Nguyễn Du", "/pay/", "/pay/")
    assert manifest["name"] == "Trường THCS Nguyễn Du"
    assert manifest["short_name"] == "THCS Nguyễn Du"
    assert manifest["display"] == "standalone"


def test_the_manifest_has_icons_that_phones_take(tmp_path: Path) -> None:
    """An app is offered for installing only with PNG icons of 192 and 512 pixels."""
    assets = Assets.build(tmp_path)
    icons = web_manifest(assets, "Trường", "/", "/")["icons"]
    assert isinstance(icons, list)
    told = {(icon["sizes"], icon["type"], icon["purpose"]) for icon in icons}
    assert {
        ("192x192", "image/png", "any"),
        ("512x512", "image/png", "any"),
        ("512x512", "image/png", "maskable"),
    } <= told
    for icon in icons:
        content = (tmp_path / icon["src"].removeprefix("/assets/")).read_bytes()
        if icon["type"] == "image/png":
            assert content[:8] == b"\x89PNG\r\n\x1a\n"
            width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
            assert f"{width}x{height}" == icon["sizes"]
            assert len(content) < 12_000
