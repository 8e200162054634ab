"""PDFs that this program drew, taken apart: a classic table of offsets, a known catalog, nothing of anybody else's.

No general reader: what is read from a foreign file is believed only after the very same bytes were drawn again.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

MOST = 8 * 1024 * 1024
"""Bytes of an attachment; a record has 30 to 200 KB."""
_TRAILER = re.compile(
    rb"trailer\n<<\s*/Size (\d{1,7})\s*/Root (\d{1,7}) 0 R\s*/Info (\d{1,7}) 0 R\s*"
    rb"/ID\s*\[\((?P<first>[A-Za-z0-9+/=]{1,64})\)\([A-Za-z0-9+/=]{1,64}\)\]\s*>>\nstartxref\n(?P<at>\d{1,10})\n%%EOF\n?"
)


class NotPlain(ValueError):
    """Not a PDF of the form that this program draws."""


@dataclass(frozen=True)
class Plain:
    """One drawn PDF, nothing added."""

    data: bytes
    size: int
    root: int
    info: int
    first_id: bytes
    table: int
    """Offset of its table of offsets."""

    def content(self, number: int) -> int:
        """Where an object begins, behind its number."""
        head = b"xref\n0 %d\n" % self.size
        row = self.table + len(head) + 20 * number
        text, opened = self.data[row : row + 10], b"%d 0 obj\n" % number
        if not 0 < number < self.size or not self.data.startswith(head, self.table) or not text.isdigit():
            raise NotPlain(f"object {number}")
        if not self.data.startswith(opened, int(text)):
            raise NotPlain(f"object {number}")
        return int(text) + len(opened)

    def object(self, number: int) -> bytes:
        """What stands between `obj` and `endobj`, of an object that is no stream."""
        begin = self.content(number)
        end = self.data.find(b"\nendobj", begin)
        if end < 0:
            raise NotPlain(f"object {number}")
        return self.data[begin:end]

    @property
    def catalog(self) -> bytes:
        return self.object(self.root)

    @property
    def first_page(self) -> int:
        """Number of the first page's object."""
        at = _number(rb"/Pages (\d{1,7}) 0 R", self.catalog)
        for _depth in range(16):
            found = self.object(at)
            if b"/Type/Page/" in found:
                return at
            at = _number(rb"/Kids\[(\d{1,7}) 0 R", found)
        raise NotPlain("no first page")

    def attachment(self, name: str) -> bytes:
        """An attached file."""
        for one in re.findall(rb"(\d{1,7}) 0 R", _part(rb"/AF\[([0-9 R]+)\]", self.catalog)):
            described = self.object(int(one))
            if f"/F({name})".encode() in described:
                return self._stream(_number(rb"/EF<</F (\d{1,7}) 0 R", described))
        raise NotPlain(f"no {name}")

    def _stream(self, number: int) -> bytes:
        begin = self.content(number)
        opened = self.data.find(b"stream\n", begin)
        if opened < 0:
            raise NotPlain(f"stream {number}")
        described = self.data[begin:opened]
        length, start = _number(rb"/Length (\d{1,9})[/>]", described), opened + len(b"stream\n")
        raw = self.data[start : start + length]
        if b"/FlateDecode" not in described:
            return raw
        try:
            inflate = zlib.decompressobj()
            found = inflate.decompress(raw, MOST)
        except zlib.error as error:
            raise NotPlain(f"stream {number}") from error
        if not inflate.eof:
            raise NotPlain(f"stream {number} is cut or too long")
        return found


def drawn_part(data: bytes) -> Plain:
    """The PDF as it was drawn, at the beginning of a file to which revisions may have been added.

    Raises:
        NotPlain: this program did not draw it.
    """
    if not data.startswith(b"%PDF-1.7\n"):
        raise NotPlain("not drawn here")
    end = data.find(b"startxref\n")
    begin = data.rfind(b"trailer\n", 0, end) if end >= 0 else -1
    found = _TRAILER.match(data, begin) if begin >= 0 else None
    if not found or found.start("at") != end + len(b"startxref\n"):
        raise NotPlain("trailer")
    size, root, info = (int(found[at]) for at in (1, 2, 3))
    return Plain(data[: found.end()], size, root, info, found["first"], int(found["at"]))


def _part(pattern: bytes, text: bytes) -> bytes:
    found = re.search(pattern, text)
    if not found:
        raise NotPlain(pattern.decode())
    return found[1]


def _number(pattern: bytes, text: bytes) -> int:
    return int(_part(pattern, text))
