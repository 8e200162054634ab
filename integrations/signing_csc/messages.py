"""Answers of the interface (CSC API 1.0.4.0 and 2.0.0.2), as far as they are read; other members are ignored."""

from __future__ import annotations

import msgspec


class Struct(msgspec.Struct, frozen=True):
    """Base of the answers."""


class Token(Struct, frozen=True):
    """auth/login and oauth2/token."""

    access_token: str
    expires_in: int = 3600


class Info(Struct, frozen=True):
    methods: tuple[str, ...] = ()


class CredentialIds(Struct, frozen=True):
    ids: tuple[str, ...] = msgspec.field(name="credentialIDs")
    next_page: str = msgspec.field(default="", name="nextPageToken")


class Key(Struct, frozen=True):
    algo: tuple[str, ...]
    status: str = "enabled"


class Cert(Struct, frozen=True):
    certificates: tuple[str, ...]
    """DER in Base64, the signer's first."""
    status: str = "valid"


class Presence(Struct, frozen=True):
    """PIN or OTP of version 1."""

    presence: str = "false"
    type: str = ""


class AuthObject(Struct, frozen=True):
    """What the signer gives, in version 2."""

    id: str
    type: str = ""
    generator: str = ""


class Auth(Struct, frozen=True):
    mode: str = "explicit"
    objects: tuple[AuthObject, ...] = ()


class CredentialInfo(Struct, frozen=True):
    """credentials/info: `authMode`, `PIN`, `OTP` in version 1, `auth` in version 2."""

    key: Key
    cert: Cert
    multisign: int = 1
    scal: str = msgspec.field(default="1", name="SCAL")
    description: str = ""
    auth_mode: str = msgspec.field(default="explicit", name="authMode")
    pin: Presence = msgspec.field(default=Presence(), name="PIN")
    otp: Presence = msgspec.field(default=Presence(), name="OTP")
    auth: Auth = Auth()


class Authorised(Struct, frozen=True):
    """credentials/authorize and credentials/extendTransaction."""

    sad: str = msgspec.field(name="SAD")
    expires_in: int = msgspec.field(default=3600, name="expiresIn")


class Signatures(Struct, frozen=True):
    """signatures/signHash."""

    signatures: tuple[str, ...]


class Nothing(Struct, frozen=True):
    """Answers without content."""


class ErrorAnswer(Struct, frozen=True):
    error: str
    error_description: str = ""
