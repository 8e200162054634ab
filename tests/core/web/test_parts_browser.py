"""The parts in a real Chromium: axe on phone and desk, light and dark; keyboard; what the script adds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.accessibility import violations

from .parts_site import make_site, served

pytestmark = pytest.mark.browser
WIDTHS = (390, 768, 1280)
TARGETS = """(least) =>
  [...document.querySelectorAll('.button, .chip, .tabs a, .bottom a, summary, .menu-list a')]
    .map((e) => [e.className || e.parentElement.className, e.getBoundingClientRect()])
    .filter(([, r]) => r.width && (r.height < least || r.width < least))
    .map(([c, r]) => `${c} ${r.width}x${r.height}`)"""
OUTLINE = """() => {
  let e = document.activeElement;
  if (e.matches('[type=radio],[type=file]')) e = e.parentElement;
  const style = getComputedStyle(e);
  return [e.tagName + e.className, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_site(tmp_path_factory.mktemp("assets"))) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def axe(context: BrowserContext, url: str) -> list[str]:
    page = context.new_page()
    page.goto(url)
    found = violations(page)
    page.close()
    return found


@pytest.mark.soak
@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (390, "dark"), (1280, "light")])
def test_axe_finds_nothing(chromium: Browser, address: str, width: int, theme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    paths = ["/gallery", "/pay"]
    if width == 390:
        paths += ["/offline", "/form", "/error/403", "/error/500"]
    wrong = {p: axe(context, f"{address}{p}{'&' if '?' in p else '?'}theme={theme}") for p in paths}
    context.close()
    assert {p: found for p, found in wrong.items() if found} == {}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/gallery", "/pay"])
def test_nothing_is_refused_and_nothing_runs_over(chromium: Browser, address: str, width: int, path: str) -> None:
    """The policy stops nothing of ours, no error reaches the console, and no page scrolls sideways."""
    said: list[str] = []
    context = chromium.new_context(viewport={"width": width, "height": 900}, is_mobile=width < 500)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.check('600 16px \"Be Vietnam Pro\"')")
    context.close()


@pytest.mark.parametrize(("width", "least"), [(390, 43.5), (1280, 24)])
def test_targets_are_large_enough(chromium: Browser, address: str, width: int, least: float) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 px; ours are 44 px where the finger is the pointer."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, has_touch=width < 500, is_mobile=width < 500
    )
    page = context.new_page()
    page.goto(address + "/gallery")
    small = page.evaluate(
        TARGETS,
        least,
    )
    context.close()
    assert small == []


def test_the_first_tab_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(address + "/pay")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Đến nội dung chính")
    expect(link).to_be_focused()
    box = link.bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_can_be_seen_everywhere(page: Page, address: str) -> None:
    page.goto(address + "/gallery")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        style = page.evaluate(OUTLINE)
        if style[0].startswith("BODY"):
            continue  # between the end of the page and its beginning the browser itself has the focus
        seen.add(style[0])
        assert style[1] != "none", style[0]
        assert style[2] >= 2, style[0]
    assert len(seen) > 8


def test_slash_searches_and_escape_leaves(page: Page, address: str) -> None:
    page.goto(address + "/form")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_money_is_grouped_while_typing_and_days_are_read_as_written(page: Page, address: str) -> None:
    page.goto(address + "/form")
    amount = page.get_by_label("Số tiền")
    amount.press_sequentially("1250000")
    expect(amount).to_have_value("1.250.000")
    amount.press("ArrowLeft")
    amount.press("Backspace")
    expect(amount).to_have_value("125.000")
    page.get_by_label("Ngày").fill("5/9/2014")
    page.get_by_role("button", name="Gửi").click()
    page.wait_for_url("**/echo")
    sent = page.evaluate("JSON.parse(document.body.textContent)")
    assert sent["amount"] == "125000"
    assert sent["day"] == "2014-09-05"


def test_without_script_the_form_still_works(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/form")
    page.get_by_label("Số tiền").fill("1.250.000")
    page.get_by_label("Ngày").fill("2014-09-05")
    expect(page.get_by_role("link", name="Xem lại tiến độ")).to_be_visible()
    page.get_by_role("button", name="Gửi").click()
    page.wait_for_url("**/echo")
    context.close()


def test_without_script_dialog_and_menu_open(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(address + "/gallery")
    page.get_by_role("link", name="Mở thực đơn").click()
    expect(page.get_by_role("link", name="Hồ sơ học sinh")).to_be_visible()
    page.get_by_role("link", name="Đóng thực đơn").click()
    expect(page.get_by_role("link", name="Hồ sơ học sinh")).not_to_be_visible()
    page.get_by_role("link", name="Mở hộp thoại").click()
    expect(page.get_by_role("heading", name="Gửi lại phiếu thu")).to_be_visible()
    context.close()


def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Page, address: str) -> None:
    page.goto(address + "/gallery")
    opener = page.get_by_role("link", name="Mở hộp thoại")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Gửi lại phiếu thu")).to_be_visible()
    assert page.evaluate("!!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(opener).to_be_focused()


def test_rows_are_selected_with_a_count(page: Page, address: str) -> None:
    page.goto(address + "/gallery")
    bar = page.get_by_role("group", name="Với các dòng đã chọn")
    expect(bar).not_to_be_visible()
    page.get_by_label("Chọn Trần Hoàng Bảo Châu").check()
    expect(bar).to_contain_text("1 phiếu đã chọn")
    page.get_by_label("Chọn tất cả trên trang này").check()
    expect(bar).to_contain_text("4 phiếu đã chọn")


def test_a_file_says_its_name_and_size(page: Page, address: str) -> None:
    page.goto(address + "/form")
    page.get_by_label("Tệp").set_input_files(
        {"name": "lop-7A1.xlsx", "mimeType": "application/octet-stream", "buffer": b"x" * 2300}
    )
    expect(page.get_by_text("lop-7A1.xlsx · 3 kB")).to_be_visible()


def test_progress_moves_by_itself(page: Page, address: str) -> None:
    page.goto(address + "/form")
    expect(page.get_by_text("Đang chạy")).to_be_visible()
    expect(page.get_by_text("còn khoảng 2 phút")).to_be_visible()


def test_the_theme_changes_at_once(page: Page, address: str) -> None:
    page.goto(address + "/gallery")
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_text("Lê Thị Thanh Hương").first.click()
    with page.expect_request("**/gallery?theme=dark"):
        page.get_by_role("link", name="Tối").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != before


def test_errors_get_the_focus_and_lead_to_their_field(page: Page, address: str) -> None:
    page.goto(address + "/gallery")
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors").get_by_role("link", name="Chưa có họ và tên").click()
    expect(page.get_by_label("Họ và tên")).to_be_focused()
