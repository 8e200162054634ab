"""The record as bytes and back, its problems, its schema, and another layout without another program."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from plugins.transcripts.record import layout as layouts
from plugins.transcripts.record.problems import problems
from plugins.transcripts.record.reader import Malformed, read
from plugins.transcripts.record.schema import schema
from plugins.transcripts.record.slots import slot_name, slot_named
from plugins.transcripts.record.writer import write
from plugins.transcripts.record.years import YearTranscript

from .. import samples

DOCS = Path(__file__).parents[4] / "docs" / "transcripts"
BOTH = pytest.mark.parametrize("record", [samples.secondary(), samples.primary()], ids=["secondary", "primary"])


@BOTH
def test_what_is_written_is_read_and_is_its_own_canonical_form(record: YearTranscript) -> None:
    data = write(record, layouts.own())
    assert read(data, layouts.own()).record == record
    assert etree.tostring(etree.fromstring(data), method="c14n", exclusive=True, with_comments=False) == data
    assert problems(record) == []


@settings(deadline=None)  # the first example reads the layout
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    record = samples.secondary(1)
    assert record.secondary
    record = replace(record, secondary=replace(record.secondary, homeroom_comment=text + "\r\n&lt;"))
    try:
        found = read(write(record, layouts.own()), layouts.own())
    except Malformed as error:
        assert error.code == "not_canonical"  # characters that XML cannot hold, U+FFFE and U+FFFF
    else:
        assert found.record == record


def test_the_published_schema_is_made_from_the_layout_and_fits_genuine_files() -> None:
    published = (DOCS / "truong-hoc-ba-1.xsd").read_text("utf-8")
    assert published == schema(layouts.own())
    assert "NOT the schema of the Ministry" in published
    check = etree.XMLSchema(etree.fromstring(published.encode()))
    assert check.validate(etree.fromstring(samples.genuine())), check.error_log
    assert check.validate(etree.fromstring(write(samples.primary(), layouts.own())))
    assert not check.validate(etree.fromstring(samples.genuine().replace(b">8.8<", b">18<", 1)))


def test_another_layout_changes_names_order_and_codes_and_no_program() -> None:
    document = (files("plugins.transcripts.record") / "layouts" / "truong-hoc-ba-1.toml").read_text("utf-8")
    for old, new in (
        ('name = "truong-hoc-ba-1"', 'name = "other-1"'),
        ('root = "HOC_BA"', 'root = "TRANSCRIPT"'),
        ('day = "%Y-%m-%d"', 'day = "%d/%m/%Y"'),
        ('decimal = "."', 'decimal = ","'),
        ('male = "1"\nfemale = "2"', 'male = "2"\nfemale = "1"'),
        ('commune = "TEN_XA"\nprovince = "TEN_TINH"', 'province = "TINH"\ncommune = "XA"'),
        ("DANH_SACH_DIEM/DIEM_TONG_KET", "MARKS/MARK"),
    ):
        document = document.replace(old, new)
    other = layouts.load(document)
    record = samples.secondary()
    record = replace(record, header=replace(record.header, layout=other.name))
    data = write(record, other)
    assert data.startswith(b"<TRANSCRIPT>") and b"<MARK Id=" in data and b">8,5<" in data and b"04/05/2013" in data
    assert read(data, other).record == record
    with pytest.raises(Malformed):
        read(data, layouts.own())
    etree.XMLSchema(etree.fromstring(schema(other).encode())).assertValid(etree.fromstring(data))


def test_a_layout_that_forgets_a_field_is_refused() -> None:
    document = (files("plugins.transcripts.record") / "layouts" / "truong-hoc-ba-1.toml").read_text("utf-8")
    with pytest.raises(layouts.LayoutRefused, match="pupil_code"):
        layouts.load(document.replace('pupil_code = "MA_HOC_SINH"\n', ""))


def test_problems_name_the_field() -> None:
    record = samples.secondary(2)
    assert record.secondary
    bad = replace(record.secondary.subjects[0], term1="11", code="toán", retest="5.0", year="exempt")
    wrong = replace(
        record,
        learner=replace(
            record.learner, personal_id="12", full_name="Trần Vаn"
        ),  # the second name has a Cyrillic letter
        secondary=replace(record.secondary, subjects=(bad,), absences=201),
    )
    found = {(one.path, one.code) for one in problems(wrong)}
    assert found >= {
        ("learner.full_name", "look_alike"),
        ("learner.personal_id", "malformed"),
        ("secondary.subjects.0.code", "malformed"),
        ("secondary.subjects.0.term1", "no_mark"),
        ("secondary.subjects.0.retest", "retest"),
        ("secondary.absences", "out_of_range"),
    }


def test_names_of_places() -> None:
    for place in samples.secondary().slots:
        assert slot_named(slot_name(place)) == place
    for name in ("", "gvbm", "gvbm-", "gvbm-toán", "gvcn-toan", "KY_PHAT_HANH"):
        with pytest.raises(ValueError):
            slot_named(name)
