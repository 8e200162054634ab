"""Content of the gallery page (templates/gallery.html): invented people, real kinds of school work."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

from markupsafe import Markup

from core.web.components.frame import Frame, NavItem, NavSection

_SUBJECTS = (
    "Ngữ văn",
    "Toán",
    "Ngoại ngữ 1",
    "GDCD",
    "Lịch sử và Địa lí",
    "Khoa học tự nhiên",
    "Công nghệ",
    "Tin học",
    "Giáo dục thể chất",
    "Nghệ thuật",
    "HĐTN, HN",
    "GD địa phương",
)
_UNSIGNED = ""  # nothing on this page is ever sent
_ICONS = Path(__file__).parent.parent / "static" / "icons.svg"


def icon_names() -> list[str]:
    """The ids of the sprite, in its order."""
    return re.findall(r'<symbol id="([\w-]+)"', _ICONS.read_text())


def gallery_context(locale: str = "vi", theme: str = "auto") -> dict[str, object]:
    """Everything that ``gallery.html`` wants: ``frame`` and ``g``."""
    return {"frame": _frame(locale, theme), "g": _content()}


def _frame(locale: str, theme: str) -> Frame:
    return Frame(
        school_name="Trường THCS Nguyễn Du",
        schools=[("1", "Trường THCS Nguyễn Du", "#"), ("2", "Trường Tiểu học Kim Đồng", "#")],
        person_name="Lê Thị Thanh Hương",
        role_label="Kế toán",
        year_label="2026–2027",
        search_url="/search",
        csrf_token=_UNSIGNED,
        locale=locale,
        theme=theme,
        sign_out_url="/sign-out",
        account_items=[NavItem("Tài khoản của tôi", "#", "gear")],
        flashes=[("ok", "Đã lưu khoản thu Học phí.")],
        nav=[
            NavSection("", [NavItem("Hôm nay", "#", "home")]),
            NavSection(
                "Học sinh",
                [
                    NavItem("Hồ sơ học sinh", "#", "people"),
                    NavItem("Lớp", "#", "class"),
                    NavItem("Nhập từ Excel", "#", "upload"),
                ],
            ),
            NavSection(
                "Thu học phí",
                [
                    NavItem("Đợt thu", "#", "receipt", current=True),
                    NavItem("Khoản thu", "#", "money"),
                    NavItem("Sổ quỹ và ngân hàng", "#", "bank"),
                    NavItem("Việc cần xem lại", "#", "alert"),
                ],
            ),
            NavSection("Nhà trường", [NavItem("Phân hệ", "#", "plug"), NavItem("Nhật ký", "#", "shield")]),
        ],
        bottom_nav=[
            NavItem("Hôm nay", "#", "home"),
            NavItem("Học sinh", "#", "people"),
            NavItem("Đợt thu", "#", "receipt", current=True),
            NavItem("Ngân hàng", "#", "bank"),
            NavItem("Xem lại", "#", "alert"),
        ],
    )


def _content() -> dict[str, object]:
    return {
        "day": date(2026, 11, 22),
        "moment": datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
        "icons": icon_names(),
        "tabs": [
            {"key": "overview", "label": "Tổng quan", "url": "#"},
            {"key": "bills", "label": "Phiếu thu", "url": "#", "count": 1180},
            {"key": "review", "label": "Cần xem lại", "url": "#", "count": 3, "attention": True},
            {"key": "history", "label": "Lịch sử", "url": "#"},
        ],
        "chips": [
            {"label": "Khối 7", "url": "#", "on": True},
            {"label": "Chưa nộp", "url": "#", "on": True},
            {"label": "Quá hạn", "url": "#", "on": False},
            {"label": "Được miễn giảm", "url": "#", "on": False},
        ],
        "columns": [
            {
                "key": "name",
                "header": "Học sinh",
                "kind": "link",
                "primary": True,
                "sort_url": "#",
                "sort": "asc",
            },
            {"key": "class", "header": "Lớp", "sort_url": "#"},
            {"key": "due", "header": "Hạn nộp", "kind": "date"},
            {"key": "amount", "header": "Phải nộp", "kind": "money"},
            {"key": "paid", "header": "Đã nộp", "kind": "money"},
            {"key": "state", "header": "Trạng thái", "kind": "state"},
        ],
        "rows": _rows(),
        "wide_columns": [
            {"key": "name", "header": "Học sinh", "primary": True},
            *[{"key": f"m{n}", "header": subject, "align": "right"} for n, subject in enumerate(_SUBJECTS)],
        ],
        "wide_rows": [
            {"name": name} | {f"m{n}": f"{(7 * row + 3 * n) % 50 / 10 + 5:.1f}".replace(".", ",") for n in range(12)}
            for row, name in enumerate(("Nguyễn Thị Ngọc Ánh", "Trần Hoàng Bảo Châu", "Đặng Hữu Phước"))
        ],
        "tasks": [
            {
                "title": "Khoản tiền chưa biết của ai",
                "text": "Cũ nhất từ 19/11/2026",
                "url": "#",
                "count": 3,
                "kind": "attention",
            },
            {"title": "Phiếu thu chờ phát hành", "text": "Học phí tháng 11", "url": "#", "count": 1180},
            {"title": "Dòng nhập chưa xong", "text": "Danh sách khối 6", "url": "#", "count": 8},
        ],
        "timeline": [
            {
                "when": datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
                "title": "Đã nhận 1.250.000 ₫ qua VietQR",
                "who": "Ngân hàng báo",
                "kind": "ok",
            },
            {
                "when": datetime(2026, 11, 21, 8, 40, tzinfo=UTC),
                "title": "Giảm 50 % học phí",
                "text": "Hộ cận nghèo, giấy chứng nhận số 114/UBND",
                "who": "Lê Thị Thanh Hương",
            },
            {
                "when": datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
                "title": "Chuyển khoản thiếu 50.000 ₫",
                "who": "Hệ thống",
                "kind": "attention",
            },
        ],
        "channels": [
            {
                "value": "vietqr",
                "label": "Chuyển khoản bằng mã VietQR",
                "text": "Vào thẳng tài khoản của trường, có ngay",
                "side": "Miễn phí",
                "icon": "qr",
            },
            {
                "value": "vnpay",
                "label": "Thẻ hoặc ví qua VNPay",
                "text": "Có ngay",
                "side": "+ 2.200 ₫",
                "icon": "phone",
            },
            {
                "value": "cash",
                "label": "Tiền mặt tại trường",
                "text": "Thứ hai đến thứ sáu, 7:30–11:00",
                "icon": "money",
                "disabled": True,
            },
        ],
        "bars": [("Đã nộp đủ", 882), ("Nộp một phần", 31), ("Chưa nộp", 255), ("Quá hạn", 12)],
        "stacked": [
            ("Khối 6", [312_000_000, 58_000_000, 2_500_000]),
            ("Khối 7", [284_000_000, 90_000_000, 7_500_000]),
            ("Khối 8", [266_500_000, 101_000_000, 3_750_000]),
            ("Khối 9", [240_000_000, 108_500_000, 1_250_000]),
        ],
        "facts": [
            ("Mã học sinh", "7924 0012 3456"),
            ("Ngày sinh", "05/09/2014"),
            ("Người giám hộ", "Trần Văn Lợi (bố), 09•• ••• 218"),
            ("Miễn giảm", None),
        ],
        "qr": _qr_picture(),
        "qr_rows": [
            {"label": "Số tiền", "value": "1.250.000 ₫", "copy_text": "1250000", "strong": True},
            {"label": "Nội dung", "value": "HP11 7A1 K4T9Q2", "copy_text": "HP11 7A1 K4T9Q2"},
            {"label": "Số tài khoản", "value": "3141 5926 5358", "copy_text": "314159265358"},
            {"label": "Ngân hàng", "value": "Vietcombank"},
            {"label": "Tên tài khoản", "value": "TRUONG THCS NGUYEN DU"},
        ],
    }


def _rows() -> list[dict[str, object]]:
    people = [
        ("1", "Nguyễn Thị Ngọc Ánh", "7A1", 1_250_000, 1_250_000, ("ok", "Đã nộp đủ")),
        ("2", "Trần Hoàng Bảo Châu", "7A1", 1_250_000, 0, ("wait", "Chờ ngân hàng")),
        ("3", "Đặng Hữu Phước", "7A2", 625_000, 0, ("attention", "Cần xem lại")),
        ("4", "Y Blem Niê Kdăm", "7A3", 625_000, None, ("neutral", "Bản nháp")),
    ]
    return [
        {
            "id": key,
            "name": {"label": name, "url": "#"},
            "class": group,
            "due": date(2026, 11, 30),
            "amount": amount,
            "paid": paid,
            "state": state,
        }
        for key, name, group, amount, paid, state in people
    ]


def _qr_picture() -> Markup:
    """A pattern that looks like a code and scans as nothing: no real account belongs here."""
    cells = [(x, y) for x in range(29) for y in range(29) if (x * x + 3 * y * x + 5 * y * y + x * y * y) % 7 < 3]
    quiet = [(x, y) for x, y in cells if not ((x < 8 or x > 20) and y < 8) and not (x < 8 and y > 20)]
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in quiet)
    eyes = "".join(
        f"M{x} {y}h7v7h-7zM{x + 1} {y + 1}v5h5v-5zM{x + 2} {y + 2}h3v3h-3z" for x, y in ((0, 0), (22, 0), (0, 22))
    )
    return Markup(
        '<svg viewBox="-2 -2 33 33" role="img" aria-label="Mã VietQR" shape-rendering="crispEdges">'
        '<path d="{}" fill="#000" fill-rule="evenodd"/></svg>'
    ).format(path + eyes)
