from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, cast

import pypdf
import pytest

from plugins.transcripts.pdf.drawing import ABOUT, XML, draw
from plugins.transcripts.pdf.plain import drawn_part
from plugins.transcripts.record.years import YearTranscript
from tests.plugins.transcripts.pdf import papers, samples


@pytest.mark.parametrize("make", [samples.secondary, samples.primary, samples.full, samples.bare])
def test_the_same_record_gives_the_same_bytes_with_the_file_inside(make: Callable[[], YearTranscript]) -> None:
    document = samples.signed(make())
    paper = draw(document, samples.LINK)
    assert draw(document, samples.LINK) == paper
    plain = drawn_part(paper)
    assert plain.attachment(XML) == document.data
    assert json.loads(plain.attachment(ABOUT))["link"] == samples.LINK
    metadata = paper.decode("latin-1")
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "/AFRelationship/Source" in metadata


def test_what_families_look_for_stands_on_the_paper() -> None:
    text = _text(samples.secondary())
    for told in (
        "TRUNG HỌC CƠ SỞ", "Nguyễn Hoàng Bảo Ngọc", "05/03/2014", "Được lên lớp 8", "8,5", "Đoàn Thị Hồng Vân",
        "09:00:00 05/06/2026", "không phải bản gốc", samples.TOKEN, "Nữ", "Kinh", "Việt Nam",
    ):  # fmt: skip
        assert told in text, told
    assert "8.5" not in text


def test_long_texts_are_whole_and_missing_ones_are_dashes() -> None:
    full = samples.full()
    assert full.secondary
    assert _text(full).replace(" ", "").count("xâydựngbài") >= 60
    assert "–" in _text(samples.bare())


def test_screen_readers_find_the_language_and_the_tables() -> None:
    reader = pypdf.PdfReader(io.BytesIO(papers.drawn()))
    catalog = cast("dict[str, Any]", reader.trailer["/Root"])
    assert catalog["/Lang"] == "vi"
    assert catalog["/MarkInfo"]["/Marked"]
    assert papers.drawn().count(b"/S/Table/") == 6


def _text(record: YearTranscript) -> str:
    reader = pypdf.PdfReader(io.BytesIO(draw(samples.signed(record), samples.LINK)))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
