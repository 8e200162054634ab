"""The cookie that carries a message to the next page; nothing else is kept in it.

Flask's own interface builds its signer for every request, needed or not (a tenth of an empty answer). This one looks
first whether there is anything to read or to write.
"""

from __future__ import annotations

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class FlashCookie(SecureCookieSessionInterface):
    """A signed cookie, read and written only when it matters."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified or session.accessed:
            super().save_session(app, session, response)
