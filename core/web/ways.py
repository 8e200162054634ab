"""Addresses that lead by way of another school: what is made for a page of this one, and works there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote
from uuid import UUID

from flask import g, url_for


@contextmanager
def by_way_of(school_id: UUID) -> Iterator[None]:
    """Every address that is made inside goes to the school first, and from there on to what was meant."""
    way = url_for("identity.switch", school=school_id)
    g.way = way
    try:
        yield
    finally:
        del g.way


def onward(address: str) -> str:
    """The address itself, or the way to it."""
    way: str | None = g.get("way")
    return address if way is None or not address.startswith("/") else f"{way}?next={quote(address, safe='')}"
