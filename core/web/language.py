"""Language and theme of pages: `_` for templates, and the cookies that keep a choice made by a link."""

from __future__ import annotations

from flask import Flask, Response, request

from core.data.i18n import LOCALES
from core.sdk.web.language import locale, translate

__all__ = ["install", "locale", "translate"]
THEMES = ("auto", "light", "dark")
_CHOICES = (("lang", LOCALES), ("theme", THEMES))
_YEAR = 365 * 24 * 3600


def install(app: Flask, *, secure: bool) -> None:
    """Give templates `_` and remember `?lang=` and `?theme=`."""

    @app.after_request
    def remember(response: Response) -> Response:
        query = request.environ.get("QUERY_STRING", "")
        if query and request.method == "GET":
            for name, allowed in _CHOICES:
                value = request.args.get(name, "") if f"{name}=" in query else ""
                if value in allowed:
                    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
        return response

    app.jinja_env.globals["_"] = translate
