"""The reader's language: chosen by a link, kept in a cookie, else the account's, else Vietnamese. Found when asked."""

from __future__ import annotations

from typing import cast

from flask import g, request

from core.data.i18n import DEFAULT_LOCALE, LOCALES, translator
from core.types.message import Message, Translate, spoken

from .runtime import COOKIE, visitor


def locale() -> str:
    """`vi` or `en`."""
    found = g.get("locale")
    if found is None:
        found = request.args.get("lang") or request.cookies.get("lang")
        if found not in LOCALES:
            person = visitor() if COOKIE in request.cookies else None
            found = person.actor.locale if person else DEFAULT_LOCALE
        g.locale = found
    return str(found)


def speaker() -> Translate:
    """From English to the reader's language."""
    found = g.get("translate")
    if found is None:
        found = g.translate = translator(locale())
    return cast(Translate, found)


def translate(text: object, /, **params: object) -> str:
    """`_` of templates: an English text with parameters, or a lazy message, in the reader's language."""
    if isinstance(text, Message):
        return text.render(speaker())
    speak = speaker()
    said = speak(str(text))
    return said % spoken(params, speak) if params else said
