"""Signed links that expire: `make_link("finance.bill", bill_id, expires)`, `read_link("finance.bill", token, now)`."""

from core.identity.links import LinkExpired, make_link, named_by, read_link

__all__ = ["LinkExpired", "make_link", "named_by", "read_link"]
