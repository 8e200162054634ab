"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint): plain text that says how long a log is and its root.

hocba.example.edu.vn/log
1024
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— hocba.example.edu.vn/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501 - a signature line is one line

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]{1,200}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
MOST = 64 * 1024


class NoteRefused(ValueError):
    """Not a note, or not signed by the key that was asked for."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public key of a log under its name."""

    name: str
    key: bytes
    """Ed25519, 32 bytes."""

    @property
    def id(self) -> bytes:
        """Four bytes that say which key is meant; no proof of anything."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """As it is published and pinned: `name+1a2b3c4d+base64`."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The key of its published form.

        Raises:
            NoteRefused.
        """
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
            raise NoteRefused("not a key of a log")
        raw = _decoded(parts[2])
        made = cls(parts[0], raw[1:])
        if raw[:1] != _ED25519 or len(raw) != 33 or made.id.hex() != parts[1]:
            raise NoteRefused("not an Ed25519 key, or not this one's number")
        return made


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long a log is, and the root over it."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> bytes:
    """A note: the text, an empty line, and the signature line of this key."""
    if not text.endswith("\n") or not _NAME.fullmatch(name):
        raise ValueError("a note ends with a line break and its key's name has no spaces")
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n".encode()


def opened(note: bytes, verifier: Verifier) -> str:
    """The text of a note that this key signed; signatures of others may stand beside it.

    Raises:
        NoteRefused.
    """
    if len(note) > MOST:
        raise NoteRefused("too long for a note")
    try:
        text, _line, signatures = note.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise NoteRefused("not UTF-8") from error
    if not text or not signatures.endswith("\n"):
        raise NoteRefused("not a note")
    body = f"{text}\n"
    for line in signatures[:-1].split("\n"):
        mark, name, encoded = (*line.split(" "), "", "")[:3]
        if mark == "—" and name == verifier.name and _is_signed(body, _decoded(encoded), verifier):
            return body
    raise NoteRefused("not signed by this key")


def checkpoint(note: bytes, verifier: Verifier) -> Checkpoint:
    """What a log says of itself; the origin is the key's name.

    Raises:
        NoteRefused.
    """
    lines = opened(note, verifier).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name or not _NUMBER.fullmatch(lines[1]):
        raise NoteRefused("not a checkpoint of this log")
    root = _decoded(lines[2])
    if len(root) != 32:
        raise NoteRefused("a root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def _is_signed(body: str, blob: bytes, verifier: Verifier) -> bool:
    if blob[:4] != verifier.id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(blob[4:], body.encode())
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    """Base64 in its one canonical form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteRefused("not Base64") from error
    if base64.b64encode(raw).decode() != text:
        raise NoteRefused("not Base64 in its canonical form")
    return raw
