"""Keys of the installation: one or more secrets, the first for new things, the others for what was made before.

Each purpose gets keys of its own (HKDF-SHA256, RFC 5869), so that a pay link cannot stand in for a sealed setting.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SHORTEST = 32


class MissingKeysError(RuntimeError):
    """The program has not been given its secret keys."""


class Keyring:
    """The secrets of an installation, newest first."""

    def __init__(self, secret_keys: Sequence[str], *, file: Path | None = None) -> None:
        """Take the secrets.

        Args:
            file: where they were read from, one a line; a running program follows it when it is changed.
        """
        self._secrets = _usable(secret_keys)
        self._derived: dict[str, tuple[bytes, ...]] = {}
        self._file, self._seen = file, _mark(file)

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._secrets)}>"

    def derive(self, purpose: str) -> tuple[bytes, ...]:
        """The 32-byte keys of a purpose, newest first."""
        if self._file is not None and (mark := _mark(self._file)) != self._seen:
            self._follow(self._file, mark)
        keys = self._derived.get(purpose)
        if keys is None:
            info = b"truong:" + purpose.encode()
            keys = tuple(HKDF(SHA256(), 32, salt=None, info=info).derive(secret) for secret in self._secrets)
            self._derived[purpose] = keys
        return keys

    def _follow(self, file: Path, mark: tuple[int, int] | None) -> None:
        """Read the file again, into which a new key was put. A file that is gone changes nothing."""
        if mark is not None:
            self._secrets = _usable(file.read_text("ascii").split())
            self._derived = {}
        self._seen = mark

    def names(self) -> tuple[str, ...]:
        """How sealed texts name the keys, newest first; tells nothing about them."""
        return tuple(_name(key) for key in self.derive("seal"))

    def seal(self, text: str, place: str) -> str:
        """Encrypt a text (AES-256-GCM) for one place, such as `setting:<school>:<key>`; elsewhere it stays shut."""
        key = self.derive("seal")[0]
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
        return f"v1.{_name(key)}." + urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, place: str) -> str:
        """The text that was sealed for this place.

        Raises:
            ValueError: when it was changed, moved, or sealed with a key that is no longer there.
        """
        version, _, rest = sealed.partition(".")
        name, _, body = rest.partition(".")
        key = next((key for key in self.derive("seal") if _name(key) == name), None)
        if version != "v1" or key is None:
            raise ValueError("sealed with a key that is not there")
        try:
            raw = urlsafe_b64decode(body)
            return AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise ValueError("a sealed text was changed or moved") from error

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the newest key; others are sealed anew when they are next written."""
        return sealed.startswith(f"v1.{_name(self.derive('seal')[0])}.")


def _usable(secret_keys: Sequence[str]) -> tuple[bytes, ...]:
    if not secret_keys or any(len(key) < _SHORTEST for key in secret_keys):
        raise ValueError(f"a secret key needs at least {_SHORTEST} characters")
    return tuple(key.encode() for key in secret_keys)


def _mark(file: Path | None) -> tuple[int, int] | None:
    """Changes whenever the file is replaced."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino) if found is not None else None


def _name(key: bytes) -> str:
    """How a sealed text names its key, without telling anything about it."""
    return hashlib.sha256(b"name:" + key).hexdigest()[:8]


_keyring: Keyring | None = None


def use_keys(keyring: Keyring) -> None:
    """Give this process its keys, once at start."""
    global _keyring
    _keyring = keyring


def keys() -> Keyring:
    """The keys of this process.

    Raises:
        MissingKeysError: when `use_keys` has not been called.
    """
    if _keyring is None:
        raise MissingKeysError("no secret keys: call core.settings.use_keys at start")
    return _keyring
