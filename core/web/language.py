"""The reader's language and theme: chosen by a link, kept in a cookie, Vietnamese by default."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from core.data.i18n import DEFAULT_LOCALE, LOCALES, translator
from core.sdk.web.runtime import COOKIE, visitor
from core.types.message import Message

THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


def translate(text: object, /, **params: object) -> str:
    """`_` of templates: an English text with parameters, or a lazy message, in the reader's language."""
    speak = g.translate
    if isinstance(text, Message):
        return text.render(speak)
    spoken: str = speak(str(text))
    return spoken % params if params else spoken


def install(app: Flask) -> None:
    """Choose the language before each request and remember a choice after it."""

    @app.before_request
    def choose() -> None:
        wanted = request.args.get("lang") or request.cookies.get("lang")
        if wanted not in LOCALES:
            person = visitor() if COOKIE in request.cookies else None
            wanted = person.actor.locale if person else DEFAULT_LOCALE
        g.locale = wanted
        g.translate = translator(wanted)

    @app.after_request
    def remember(response: Response) -> Response:
        for name, allowed in (("lang", LOCALES), ("theme", THEMES)):
            value = request.args.get(name)
            if value in allowed and request.method == "GET":
                secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
                response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
        return response

    app.jinja_env.globals["_"] = translate
