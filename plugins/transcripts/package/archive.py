"""Zip files with exactly one form: members sorted by name, stored as they are, no dates, no extra fields, no comments.

Because there is one form, reading is safe: what is read is written again, and any other byte than our own is refused.
That leaves no room for hidden members, second directories or data between members. Nothing is compressed, so nothing
can burst; whoever sends a package may compress it on the way.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEEDED = 20
"""Version 2.0 of the format, on MS-DOS (0), whose attributes are empty."""
_DAY = 0x21
"""1 January 1980, the zero of the format."""


class ArchiveRefused(ValueError):
    """Not a package's archive. `code` is the finding."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a package may be."""

    members: int = 20_000
    bytes: int = 512 * 1024 * 1024
    name: int = 200


LIMITS = Limits()


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive; names are ASCII."""
    body, directory = BytesIO(), BytesIO()
    for name in sorted(members):
        raw, content, place = name.encode("ascii"), members[name], body.tell()
        common = (_NEEDED, 0, 0, 0, _DAY, zlib.crc32(content), len(content), len(content), len(raw), 0)
        body.write(_LOCAL.pack(b"PK\x03\x04", *common) + raw)
        body.write(content)
        directory.write(_CENTRAL.pack(b"PK\x01\x02", _NEEDED, *common, 0, 0, 0, 0, place) + raw)
    start, size, count = body.tell(), directory.tell(), len(members)
    body.write(directory.getvalue())
    body.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0))
    return body.getvalue()


def unpack(data: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    """The members of an archive.

    Raises:
        ArchiveRefused: `package_too_large`, `package_unreadable`, `package_duplicate`, `package_path`,
            `package_compressed`, `package_not_canonical`.
    """
    if len(data) > limits.bytes:
        raise ArchiveRefused("package_too_large")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _look_over(entries, limits)
            members = {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, ArchiveRefused):
            raise
        raise ArchiveRefused("package_unreadable") from error
    if pack(members) != data:
        raise ArchiveRefused("package_not_canonical")
    return members


def is_name(name: str) -> bool:
    """Whether a name is plain: one of our folders at most, no way out of them, ASCII without blanks."""
    parts = name.split("/")
    return len(parts) <= 2 and all(part.strip(".") and _is_plain(part) for part in parts)


def _is_plain(part: str) -> bool:
    return part.isascii() and all(letter.isalnum() or letter in "._-" for letter in part)


def _look_over(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Before anything is read."""
    if len(entries) > limits.members or sum(one.file_size for one in entries) > limits.bytes:
        raise ArchiveRefused("package_too_large")
    for one in entries:
        # `orig_filename` is what stands in the file: the library cuts names at NUL and turns backslashes.
        if len(one.orig_filename) > limits.name or not is_name(one.orig_filename):
            raise ArchiveRefused("package_path", ascii(one.orig_filename[:80]))
        if one.compress_type != zipfile.ZIP_STORED or one.file_size != one.compress_size:
            raise ArchiveRefused("package_compressed", one.filename)
    names = [one.filename for one in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise ArchiveRefused("package_duplicate")
