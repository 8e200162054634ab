"""A small site with nothing but the parts, for the tests of the look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask, Response, jsonify, render_template, render_template_string, request
from werkzeug.serving import make_server

from core.data.i18n import Catalogs
from core.types.message import Message
from core.web.assets import Assets, assets_blueprint
from core.web.components import gallery_context, install

TEMPLATES = Path(__file__).resolve().parents[3] / "core" / "web" / "templates"
POLICY = "default-src 'self'"
ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503)

PAY_PAGE = """{% extends "bare.html" %}{% import "parts/ui.html" as ui %}
{% block title %}Học phí{% endblock %}
{% block content %}
{{ ui.page_header("Học phí tháng 11/2026", subtitle="Em T. T. N. Á., lớp 7A1") }}
{{ ui.stat("Phải nộp", 1250000|money) }}
{{ ui.radio_cards("channel", "Cách trả", g.channels, value="vietqr") }}
{{ ui.qr_panel(g.qr, g.qr_rows) }}
{% endblock %}"""

FORM_PAGE = """{% extends "layout.html" %}{% import "parts/ui.html" as ui %}
{% block title %}Thử{% endblock %}
{% block content %}
{{ ui.page_header("Thử") }}
{% call ui.form("/echo", id="try") %}
{{ ui.money_field("amount", "Số tiền") }}{{ ui.date_field("day", "Ngày") }}{{ ui.file_drop("file", "Tệp") }}
{% call ui.form_actions() %}{{ ui.button("Gửi", kind="primary") }}{% endcall %}
{% endcall %}
{{ ui.progress(0, 4, label="Việc", url="/progress") }}
{% endblock %}"""


def make_site(cache: Path) -> Flask:
    """The application; `cache` is the folder of built assets."""
    app = Flask("parts", template_folder=str(TEMPLATES), static_folder=None)
    assets = Assets.build(cache)
    app.register_blueprint(assets_blueprint(assets))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    install(app.jinja_env, assets.url)
    catalogs = Catalogs([TEMPLATES.parents[1] / "locale"])

    def translate(text: object, /, **params: object) -> str:
        speak = catalogs.translator(request.args.get("lang", "vi"))
        spoken = text.render(speak) if isinstance(text, Message) else speak(str(text))
        return spoken % params if params else spoken

    app.jinja_env.globals["_"] = translate
    _routes(app)
    return app


def _context() -> dict[str, object]:
    locale, theme = request.args.get("lang", "vi"), request.args.get("theme", "auto")
    known = gallery_context(locale, theme)
    return known | {"locale": locale, "theme": theme, "school_name": "Trường THCS Nguyễn Du"}


def _routes(app: Flask) -> None:
    asked = {"count": 0}

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/gallery")
    def gallery() -> str:
        return render_template("gallery.html", **_context())

    @app.get("/pay")
    def pay() -> str:
        return render_template_string(PAY_PAGE, **_context())

    @app.get("/form")
    def form() -> str:
        asked["count"] = 0
        return render_template_string(FORM_PAGE, **_context())

    @app.get("/offline")
    def offline() -> str:
        return render_template("offline.html", **_context())

    @app.get("/error/<int:code>")
    def error(code: int) -> str:
        more = {
            "reference": "7F3A21C0",
            "signed_in": code in (403, 409),
            "back": "/gallery",
            "detail": "<b>x</b>",
        }
        return render_template(f"errors/{code}.html", **(_context() | more))

    @app.post("/echo")
    def echo() -> Response:
        return jsonify(dict(request.form))

    @app.get("/progress")
    def progress() -> Response:
        asked["count"] += 1
        return jsonify(done=asked["count"], total=4, eta=120, state="running", note="Đang chạy")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The site on a free loopback port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
