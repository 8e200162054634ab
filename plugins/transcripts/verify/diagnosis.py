"""Why a file is no file of the layout, in words that help: looked for only after reading has failed, or before it."""

from __future__ import annotations

import re

_IDS = re.compile(rb' Id="([^"]*)"')
_ID_LIKE = re.compile(rb' (?:(?!Id=)[iI][dD]|[\w.-]+:[iI][dD])="')
_MARKUP = (
    (b"<!DOCTYPE", "dtd_present"),
    (b"<!--", "comment_present"),
    (b"<![CDATA[", "cdata_present"),
    (b"<?", "instruction_present"),
    (b"<!", "dtd_present"),
)


def before_reading(data: bytes, most_bytes: int, most_signatures: int) -> str:
    """Name of the finding that keeps a file from being read at all, or nothing."""
    if len(data) > most_bytes:
        return "file_too_large"
    if data.count(b"<ds:Signature ") > most_signatures:
        return "too_many_signatures"
    if data.startswith((b"<?xml", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and b"<!DOCTYPE" not in data:
        return "encoding_refused"
    if b"<!" in data or b"<?" in data:
        return next(code for mark, code in _MARKUP if mark in data)
    try:
        data.decode()
    except UnicodeDecodeError:
        return "encoding_refused"
    return ""


def after_failure(data: bytes) -> str:
    """A nearer name for a file that could not be read, or nothing."""
    identifiers = _IDS.findall(data)
    if len(identifiers) != len(set(identifiers)):
        return "duplicate_id"
    if _ID_LIKE.search(data):
        return "foreign_id"
    return ""
