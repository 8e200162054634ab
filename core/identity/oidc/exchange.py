"""From a code to what the provider says of the person: token endpoint and userinfo.

Authlib builds the requests and proves the client; what comes back is checked in `proof`. Our own client sends them,
so hosts, TLS and sizes are kept in one place.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from core.identity.library import OAuth2Client, OAuth2Error, PrivateKeyJWT
from core.types.http import HttpAnswer

from .outside import Outside, json_object
from .port import ProviderProfile
from .refusal import OidcRefused


class _Answer:
    """What Authlib reads of an answer."""

    def __init__(self, answer: HttpAnswer) -> None:
        self.status_code = answer.status
        self._body = answer.body

    def json(self) -> object:
        return json.loads(self._body)

    def raise_for_status(self) -> None:
        raise OidcRefused(f"token:{self.status_code}")


class _Session:
    """What Authlib sends with, instead of a session of `requests`."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Answer:
        sent = dict(headers)
        url, sent, body = auth.prepare("POST", url, sent, urlencode(data))
        return _Answer(self._outside.ask("POST", url, headers=sent, body=body.encode()))


def client_of(outside: Outside) -> Any:
    """Authlib's client for one provider.

    Raises:
        OidcRefused: when its private key cannot be read.
    """
    profile = outside.profile
    secret: object = profile.client_secret
    client = OAuth2Client(
        _Session(outside),
        client_id=profile.client_id,
        client_secret=secret,
        token_endpoint_auth_method=profile.auth_method,
        scope=" ".join(profile.scopes),
        redirect_uri=outside.site.back(outside.name),
        code_challenge_method="S256",
    )
    client.register_client_auth_method(("client_secret_basic", _basic))
    if profile.auth_method == "private_key_jwt":
        key, algorithm = _private_key(profile)
        client.client_secret = key
        client.register_client_auth_method(PrivateKeyJWT(outside.metadata().token, alg=algorithm))
    return client


def exchange(outside: Outside, code: str, verifier: str) -> dict[str, str]:
    """The tokens for a code.

    Raises:
        OidcRefused: when the provider refuses or answers in another form (traps T1, T6).
    """
    try:
        token = client_of(outside).fetch_token(
            outside.metadata().token, grant_type="authorization_code", code=code, code_verifier=verifier
        )
    except OAuth2Error as error:
        raise OidcRefused(f"token:{_code(error)}") from None  # without what the provider wrote
    except (JoseError, ValueError) as error:
        raise OidcRefused("token:form") from error
    found = {name: value for name, value in token.items() if isinstance(value, str)}
    if not found.get("id_token"):
        raise OidcRefused("no_id_token")
    return found


def userinfo(outside: Outside, token: Mapping[str, str], subject: str) -> dict[str, Any]:
    """What userinfo adds, asked with the token as it is: short-lived ones are no reason to refuse (trap T5).

    Raises:
        OidcRefused: when it speaks of somebody else (OpenID Connect Core section 5.3.2).
    """
    url, method = outside.metadata().userinfo, outside.profile.userinfo
    if method == "none" or not url:
        return {}
    access = token.get("access_token", "")
    if not access or token.get("token_type", "").lower() != "bearer":
        raise OidcRefused("token:type")
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    found = json_object(outside.ask(method, url, headers=headers))
    if found.get("sub") != subject:
        raise OidcRefused("userinfo_sub")
    return found


def _basic(client: Any, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """RFC 6749 section 2.3.1: both are form-encoded before they are put together, which Authlib leaves out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return uri, {**headers, "Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}, body


def _private_key(profile: ProviderProfile) -> tuple[RSAKey | ECKey, str]:
    for kind, algorithm in ((RSAKey, "RS256"), (ECKey, "ES256")):
        try:
            return kind.import_key(profile.private_key), algorithm
        except (JoseError, ValueError, TypeError):
            continue
    raise OidcRefused("set_up:private_key")


def _code(error: Any) -> str:
    """The error's code if it is one; anything longer is not for the log."""
    code = str(error.error or "")
    return code if code.replace("_", "").isalnum() and len(code) <= 40 else "other"
