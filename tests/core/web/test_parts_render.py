"""The parts render, escape what they are given, and keep to the content security policy."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from core.types.message import Message
from core.web.components import format as written
from core.web.components import plots
from core.web.components.gallery import icon_names

from .parts_site import ERRORS, TEMPLATES, make_site

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_site(tmp_path_factory.mktemp("assets"))


def render(site: Flask, source: str, **values: object) -> str:
    with site.test_request_context("/"):
        template = site.jinja_env.from_string('{% import "parts/ui.html" as ui %}' + source)
        return template.render(**values)


def pages() -> list[str]:
    return [
        "/gallery",
        "/gallery?lang=en",
        "/pay",
        "/offline",
        "/form",
        *(f"/error/{code}" for code in ERRORS),
    ]


@pytest.mark.parametrize("path", pages())
def test_pages_have_nothing_inline_and_no_id_twice(site: Flask, path: str) -> None:
    html = site.test_client().get(path).get_data(as_text=True)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert "<b>x</b>" not in html


def test_every_label_points_at_a_field(site: Flask) -> None:
    html = site.test_client().get("/gallery").get_data(as_text=True)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    assert set(re.findall(r'\sfor="([^"]+)"', html)) <= ids
    for list_of_ids in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html):
        assert set(list_of_ids.split()) <= ids
    assert set(re.findall(r'href="#(f-[^"]+)"', html)) <= ids


def test_every_icon_that_is_named_is_drawn(site: Flask) -> None:
    known = set(icon_names())
    used = set(re.findall(r"icons[^\"]*\.svg#([\w-]+)", site.test_client().get("/gallery").get_data(as_text=True)))
    for file in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r'\bicon\("([\w-]+)"', file.read_text()))
    assert used <= known
    assert len(known) >= 30


@pytest.mark.parametrize(
    "call",
    [
        "ui.page_header(x, subtitle=x, back=x, back_label=x, state=('ok', x))",
        "ui.button(x, name=x, value=x, attrs={'data-x': x})",
        "ui.link_button(x, x)",
        "ui.state_badge('wait', x)",
        "ui.person_chip(x, x, x)",
        "ui.data_table([{'key': 'a', 'header': x, 'class': x}], [{'a': x, 'id': x}], caption=x, select=x)",
        "ui.filter_bar(x, query=x, chips=[{'label': x, 'url': x, 'on': true}], hidden={'k': x})",
        "ui.text_field('n', x, value=x, help=x, error=x, placeholder=x)",
        "ui.select_field('n', x, [(x, x)], value=x)",
        "ui.textarea_field('n', x, value=x)",
        "ui.radio_cards('n', x, [{'value': x, 'label': x, 'text': x, 'side': x}])",
        "ui.error_summary({'n': x}, title=x)",
        "ui.progress(1, 2, label=x, url=x, cancel_url=x, csrf=x, note=x)",
        "ui.empty_state(x, x, {'label': x, 'url': x})",
        "ui.alert('ok', x, x, reference=x)",
        "ui.confirm(x, x, x, csrf=x, text=x, effects=[x, (x, x)], undo=x, back=x, type_word=x)",
        "ui.tabs([{'key': x, 'label': x, 'url': x, 'count': 1}], x)",
        "ui.steps([{'label': x, 'url': x}], 1)",
        "ui.timeline([{'when': t, 'title': x, 'text': x, 'who': x, 'url': x}])",
        "ui.stat(x, x, note=x, url=x, kind='attention')",
        "ui.facts([(x, x)])",
        "ui.task_list([{'title': x, 'text': x, 'url': x, 'count': 3}])",
        "ui.plot_bar(x, x, [(x, 3), (x, 4, x)], unit=x)",
        "ui.plot_stacked(x, x, [x, 'b'], [(x, [1, 2])])",
        "ui.qr_panel('', [{'label': x, 'value': x, 'copy_text': x}], caption=x, download=x)",
        "ui.explain(x, [(x, x)], result=(x, x), basis=x)",
        "ui.pager(x, x, x)",
    ],
)
def test_parts_escape(site: Flask, call: str) -> None:
    html = render(site, "{{ " + call + " }}", x=EVIL, t=datetime(2026, 11, 22, tzinfo=UTC))
    assert "<script" not in html
    assert '">&lt;' not in html, "a quotation mark ended an attribute"
    assert "&lt;script&gt;" in html


def test_lazy_messages_are_spoken_in_the_reader_s_language(site: Flask) -> None:
    assert render(site, "{{ ui.button(m) }}", m=Message("Sign out")).count("Đăng xuất") == 1
    assert "Chọn 7A1" in render(site, "{{ m }}", m=Message("Select %(what)s", {"what": "7A1"}))
    plot = render(site, "{{ ui.plot_bar(m, m, [('a', 1)]) }}", m=Message("Progress"))
    assert "Tiến độ" in plot
    assert "Progress" not in plot


def test_a_row_without_text_to_copy_has_no_copy_button(site: Flask) -> None:
    assert "data-copy" not in render(site, "{{ ui.qr_panel('', [{'label': 'a', 'value': 'b'}]) }}")


def test_tables_keep_their_meaning_when_shown_as_cards(site: Flask) -> None:
    rows = [{"id": 1, "name": "Nguyễn Ánh", "sum": 1250000, "day": date(2026, 11, 22), "none": None}]
    columns = [
        {"key": "name", "header": "Tên", "primary": True},
        {"key": "sum", "header": "Tiền", "kind": "money"},
        {"key": "day", "header": "Ngày", "kind": "date"},
        {"key": "none", "header": "Chưa", "kind": "money"},
    ]
    html = render(site, "{{ ui.data_table(columns, rows, caption='Phiếu') }}", columns=columns, rows=rows)
    assert html.count('role="columnheader" scope="col"') == 4
    assert 'data-label="Tiền"><data class="money" value="1250000">1.250.000\u00a0₫</data>' in html
    assert '<time class="num" datetime="2026-11-22">22/11/2026</time>' in html
    assert 'aria-label="không có">–' in html
    assert '<caption class="hidden">Phiếu</caption>' in html


CELLS = [
    (None, "a < b"),
    (None, None),
    (None, Markup("<b>fett</b>")),
    (None, Message("Done")),
    ("money", -1250000),
    ("number", Decimal("8.5")),
    ("digits", "2501<1"),
    ("date", date(2026, 11, 22)),
    ("datetime", datetime(2026, 11, 22, 2, 5, tzinfo=UTC)),
    ("state", ("attention", Message("Done"))),
    ("link", {"label": "<i>", "url": '/x?a=1&b="'}),
    ("person", "Nguyễn Ánh"),
    ("person", {"name": "Nguyễn Ánh", "detail": "7A1", "url": "/x"}),
]


@pytest.mark.parametrize(("kind", "value"), CELLS)
@pytest.mark.parametrize("more", [{}, {"align": "center", "class": "wide"}, {"primary": True}])
def test_rows_written_in_python_are_those_of_the_macro(
    site: Flask, kind: str | None, value: object, more: dict[str, object]
) -> None:
    column = {"key": "a", "header": "Cột", "kind": kind} | more
    call = "{{ ui.cell(c.header, v, kind=c.kind, align=c.align, class=c['class'], primary=c.primary) }}"
    by_macro = render(site, call, c=column, v=value)
    table = render(site, "{{ ui.data_table([c], [{'a': v}], caption='x') }}", c=column, v=value)
    assert f'<tr role="row">{by_macro}</tr>' in table


def test_result_rows_and_objects_are_rows_too(site: Flask) -> None:
    from sqlalchemy import create_engine, text

    with create_engine("sqlite://").connect() as connection:
        rows = connection.execute(text("SELECT 3 AS count, 'x' AS id")).all()
    columns = [{"key": "count", "header": "Số", "kind": "number"}]
    assert '<span class="num">3</span>' in render(site, "{{ ui.data_table(c, r) }}", c=columns, r=rows)
    assert '<span class="num">3</span>' in render(site, "{{ ui.data_table(c, r) }}", c=columns, r=[{"count": 3}])


def test_numbers_are_written_as_in_vietnam() -> None:
    assert written.money(1_250_000) == "1.250.000\u00a0₫"
    assert written.money(-350_000) == "−350.000\u00a0₫"
    assert written.number(Decimal("8.5")) == "8,5"
    assert written.number(1180) == "1.180"
    assert written.day(datetime(2026, 11, 21, 17, 30, tzinfo=UTC)) == "22/11/2026"
    assert written.moment(datetime(2026, 11, 22, 2, 5, tzinfo=UTC)) == "22/11/2026 09:05"
    assert written.initials("Nguyễn Thị Ngọc Ánh") == "Á"
    assert written.initials("") == "?"
    with pytest.raises(ValueError, match="aware"):
        written.moment(datetime(2026, 11, 22))  # noqa: DTZ001


@pytest.mark.parametrize(("seconds", "words"), [(10, "chưa đến 1 phút"), (120, "2 phút"), (9000, "2 giờ")])
def test_time_left_in_words(site: Flask, seconds: int, words: str) -> None:
    assert words in render(site, "{{ s|duration }}", s=seconds)


def test_plots_say_everything_in_words_and_stay_in_their_frame() -> None:
    drawn = plots.stacked("Thu", "Theo khối", ["Đã", "Chưa"], [("Khối 6", [30, 10]), ("Khối 7", [20, 0])], unit="em")
    assert "Khối 6: 40 em; Khối 7: 20 em" in drawn
    starts = [
        (float(x), float(w)) for x, w in re.findall(r'class="series-\d" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', drawn)
    ]
    assert starts == [(0, 75), (75, 25), (0, 50)]
    assert isinstance(plots.bars("leer", "", []), Markup)
    with pytest.raises(ValueError, match="at most 4"):
        plots.stacked("x", "", list("abcde"), [])


def test_the_table_of_parts_names_every_macro() -> None:
    readme = (TEMPLATES / "parts" / "README.md").read_text()
    names = {
        name
        for file in (TEMPLATES / "parts").glob("*.html")
        for name in re.findall(r"{% macro ([a-z]\w*)\(", file.read_text())
    }
    listed = set(re.findall(r"{% set (\w+) =", (TEMPLATES / "parts" / "ui.html").read_text()))
    assert names == listed
    assert [name for name in names if not re.search(rf"`{name}[`(]", readme)] == []


def test_no_template_uses_the_translator_without_a_plain_text() -> None:
    odd = [str(f) for f in Path(TEMPLATES).rglob("*.html") if re.search(r"(?<![\w.])_\((?![\"'])", f.read_text())]
    assert odd == []
