"""Headers of every answer: nothing is loaded from elsewhere, nothing runs inline, nothing personal is cached."""

from __future__ import annotations

from flask import Flask, Response

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'; script-src 'self'; style-src 'self'"
)


def install(app: Flask, *, secure: bool) -> None:
    """Add the headers after each request; a view that set one itself keeps it."""
    fixed = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cache-Control": "no-store",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    pairs = [(name, name.lower(), value) for name, value in fixed.items()]

    @app.after_request
    def add(response: Response) -> Response:
        set_already = {name.lower() for name, _value in response.headers}
        response.headers.extend([(name, value) for name, lower, value in pairs if lower not in set_already])
        return response
