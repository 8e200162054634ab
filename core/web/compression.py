"""Smaller answers for people on slow phones: pages of visitors who are not signed in, packed as they are sent.

Pages of signed-in people hold the token of their forms, and a compressed answer that also repeats what the address
says could give it away letter by letter (BREACH, CVE-2013-3587). A visitor without a session has no such token, and
whoever can ask for a pay page knows its link already; so those pages are packed here, the others never.
"""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, request

from core.sdk.web.runtime import COOKIE

LEAST = 1_000
"""Bytes below which packing saves no packet."""
_QUALITY = 5  # some two milliseconds for a page; more saves little


def install(app: Flask) -> None:
    """Pack the pages of visitors without a session."""

    @app.after_request
    def pack(response: Response) -> Response:
        if (
            (response.content_length or 0) < LEAST
            or response.mimetype != "text/html"
            or response.is_streamed
            or COOKIE in request.cookies
            or "Content-Encoding" in response.headers
        ):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("br") > 0:
            response.set_data(brotli.compress(response.get_data(), quality=_QUALITY))
            response.content_encoding = "br"
        elif request.accept_encodings.quality("gzip") > 0:
            response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
            response.content_encoding = "gzip"
        return response
