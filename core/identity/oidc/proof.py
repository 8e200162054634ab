"""Checking what a provider has signed: id_tokens and logout tokens. Traps T1 to T4 are closed here."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from .outside import Outside
from .port import ProviderProfile
from .refusal import OidcRefused

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST = 64 * 1024


def id_token_claims(
    outside: Outside, token: Mapping[str, str], *, nonce: str, minimum: int, now: datetime, max_age: int | None = None
) -> dict[str, Any]:
    """The verified claims of an id_token (OpenID Connect Core section 3.1.3.7).

    Args:
        minimum: the level of assurance that is asked for, from 1.
        max_age: seconds since the person proved themself there at most.

    Raises:
        OidcRefused: for the first thing that is wrong.
    """
    text = token["id_token"]
    claims = _verified(outside, text)
    profile = outside.profile
    moment = int(now.timestamp())
    options: dict[str, Any] = {"exp": {"essential": True}, "iat": {"essential": True}}
    _validate(options, claims, moment, profile.leeway)
    _who_and_whom(profile, claims)
    if claims.get("nonce") != nonce:
        raise OidcRefused("nonce")
    _level(profile, claims, minimum)
    _bound(claims, text, token.get("access_token", ""))
    if max_age is not None:
        proved = claims.get("auth_time")
        if not isinstance(proved, (int, float)) or proved + max_age + profile.leeway < moment:
            raise OidcRefused("auth_time")
    return claims


def logout_claims(outside: Outside, text: str, now: datetime) -> dict[str, Any]:
    """The verified claims of a logout token (OpenID Connect Back-Channel Logout section 2.6); `jti` is the caller's.

    Raises:
        OidcRefused: for the first thing that is wrong.
    """
    claims = _verified(outside, text)
    options: dict[str, Any] = {"exp": {"essential": True}, "iat": {"essential": True}, "jti": {"essential": True}}
    _validate(options, claims, int(now.timestamp()), outside.profile.leeway)
    _issuer_and_audience(outside.profile, claims)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict):
        raise OidcRefused("events")
    if "nonce" in claims:
        raise OidcRefused("logout_nonce")
    if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
        raise OidcRefused("logout_whom")
    if not isinstance(claims["jti"], str):
        raise OidcRefused("claims:jti")
    return claims


def level_of(profile: ProviderProfile, claims: Mapping[str, Any]) -> int:
    """The level of assurance that was reached, from 1; 0 where the provider knows none."""
    acr = claims.get("acr")
    return profile.levels.index(acr) + 1 if isinstance(acr, str) and acr in profile.levels else 0


def wanted_levels(profile: ProviderProfile, minimum: int) -> Sequence[str]:
    """The `acr` values that are enough for an operation.

    Raises:
        OidcRefused: when the provider cannot vouch for so much.
    """
    if minimum > max(len(profile.levels), 1):
        raise OidcRefused("level:unknown")
    return profile.levels[minimum - 1 :]


def _verified(outside: Outside, text: str) -> dict[str, Any]:
    """The claims if the signature is the provider's, by an algorithm that its profile allows."""
    if len(text) > _LONGEST:
        raise OidcRefused("signature:long")
    algorithms = [name for name in outside.profile.algorithms if not name.startswith("HS") and name != "none"]
    for fresh in (False, True):  # a new key of the provider is not known yet
        try:
            keys = KeySet.import_key_set(outside.keys(fresh=fresh))  # type: ignore[arg-type]  # checked by joserfc
            return dict(jwt.decode(text, keys, algorithms=algorithms).claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            if fresh:
                raise OidcRefused("signature") from error
    raise OidcRefused("signature")


def _validate(options: dict[str, Any], claims: dict[str, Any], now: int, leeway: int) -> None:
    try:
        jwt.JWTClaimsRegistry(now=now, leeway=leeway, **options).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise OidcRefused("claims") from error


def _who_and_whom(profile: ProviderProfile, claims: Mapping[str, Any]) -> None:
    _issuer_and_audience(profile, claims)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= 255:
        raise OidcRefused("sub")


def _issuer_and_audience(profile: ProviderProfile, claims: Mapping[str, Any]) -> None:
    if claims.get("iss") != profile.issuer:
        raise OidcRefused("iss")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or profile.client_id not in named:
        raise OidcRefused("aud")
    party = claims.get("azp")
    if (party is not None or len(named) > 1) and party != profile.client_id:
        raise OidcRefused("azp")


def _level(profile: ProviderProfile, claims: Mapping[str, Any], minimum: int) -> None:
    """The level is checked on return: a provider may answer with less than was asked for (trap T3)."""
    wanted = wanted_levels(profile, minimum)
    if wanted and claims.get("acr") not in wanted:
        raise OidcRefused("level")


def _bound(claims: Mapping[str, Any], text: str, access: str) -> None:
    """The access token is the one that was signed for, where the provider says so."""
    said = claims.get("at_hash")
    if said is None or not access:
        return
    algorithm = _header_algorithm(text)
    digest = hashlib.new(f"sha{algorithm[2:]}", access.encode()).digest()
    if said != base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode():
        raise OidcRefused("at_hash")


def _header_algorithm(text: str) -> str:
    """Of a token whose signature was checked: one of the profile's algorithms."""
    head = text.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["alg"])
