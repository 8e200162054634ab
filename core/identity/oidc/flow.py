"""Signing in, linking and confirming through a provider. No transaction is open while the provider is asked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.audit.canonical import clean
from core.data.context import Context
from core.data.session import Database
from core.identity import entry, throttle
from core.identity.entry import SignedInNow
from core.identity.sessions import SignedIn, proved
from core.identity.signin import TooManyAttempts
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import Invalid
from core.types.message import _

from . import codes, identities, rounds, sessions
from .exchange import client_of, exchange, userinfo
from .outside import Outside, Site
from .port import IdentityProvider, PortalIdentity
from .proof import id_token_claims, level_of, wanted_levels
from .providers import reach
from .refusal import OidcRefused
from .rounds import Begun, Purpose, Round

STRONG = 2
"""From this level on the provider has seen two factors, and we ask for none of our own."""
_OURS = frozenset({"iss", "sub", "aud", "exp", "iat", "acr", "nonce", "sid", "auth_time"})
"""Claims of the id_token that userinfo cannot replace."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The browser that asks."""

    remote_addr: str = ""
    user_agent: str = ""
    session_token: str = ""
    """The session cookie that it sent, if any; replaced when signing in, never adopted."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a round ended."""

    purpose: Purpose
    return_path: str
    signed_in: SignedInNow | None = None
    waiting: UUID | None = None
    """No account knows this identity: this is the round that waits for a code of the school."""


def start(
    db: Database,
    name: str,
    site: Site,
    *,
    purpose: Purpose = "sign_in",
    return_path: str = "/",
    who: SignedIn | None = None,
    minimum: int = 1,
    clock: Clock = utc_now,
) -> tuple[str, Begun]:
    """Begin a round.

    Args:
        name: of the provider.
        return_path: inside the program; whoever calls has made sure of that (N4).
        who: the signed-in person, for linking and confirming.
        minimum: the level of assurance that the operation asks for.

    Returns:
        where to send the browser, and what it has to keep.

    Raises:
        NotFound: when there is no such provider. OidcRefused: when it cannot be used.
    """
    _provider, outside = reach(db, name, site, clock)
    metadata, profile = outside.metadata(), outside.profile
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    more: dict[str, str] = {"nonce": nonce}
    if outside.school is not None and minimum > 1:
        raise OidcRefused("level:school")
    if levels := wanted_levels(profile, minimum):
        more["acr_values"] = " ".join(levels)
    if purpose == "confirm":
        more |= {"prompt": "login", "max_age": "0"}
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        begun = rounds.begin(
            ctx,
            outside.name,
            profile.issuer,
            purpose,
            {"nonce": nonce, "verifier": verifier},
            minimum=minimum,
            return_path=return_path,
            account_id=who.account_id if who else None,
            session_id=who.session_id if who else None,
        )
    url, _state = client_of(outside).create_authorization_url(
        metadata.authorization, state=begun.state, code_verifier=verifier, **more
    )
    return str(url), begun


def finish(
    db: Database,
    name: str,
    site: Site,
    answer: Mapping[str, str],
    browser: str,
    visit: Visit,
    *,
    who: SignedIn | None = None,
    clock: Clock = utc_now,
) -> Done:
    """End a round with what the provider sent back through the browser.

    Args:
        answer: the query of the return address.
        browser: the cookie that `start` gave.

    Raises:
        NotFound: when there is no such provider. OidcRefused: for every reason that lies in the round.
        Conflict: when the identity opens another account already.
    """
    provider, outside = reach(db, name, site, clock)
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        one = rounds.take(ctx, outside.name, answer.get("state", ""), browser, "sign_in", "link", "confirm")
    _same_issuer(outside, one, answer)
    if "error" in answer:
        raise OidcRefused("access_denied" if answer["error"] == "access_denied" else "provider_error")
    if one.purpose != "sign_in" and (who is None or one.session_id != who.session_id):
        raise OidcRefused("round:session")
    identity, claims, id_token = _prove(provider, outside, one, answer.get("code", ""), clock)
    try:
        return _conclude(db, outside, one, identity, claims, id_token, visit, who, clock)
    except OidcRefused as refused:
        if refused.reason == "tech_id":
            with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
                identities.doubt_tech_id(ctx, identity, outside.school)
        raise


def finish_with_code(
    db: Database, round_id: UUID, browser: str, typed: str, visit: Visit, *, clock: Clock = utc_now
) -> Done:
    """Link the identity that waits to the account of a code of the school, and sign in.

    Raises:
        Invalid: for a wrong code. OidcRefused: when nothing waits, or after five wrong codes.
        TooManyAttempts: when this network has to wait. Conflict: when the identity was linked meanwhile.
    """
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        one = rounds.try_code(ctx, round_id, browser)
        attempt = throttle.begin(ctx, f"link-code:{round_id}", visit.remote_addr, None)
        now = ctx.now()
    if isinstance(attempt, throttle.Wait):
        raise TooManyAttempts(attempt.until, now)
    kept = one.secrets()
    identity = _thawed(kept["identity"])
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        found = codes.use(ctx, typed)
        if found is not None:
            throttle.forgive(ctx, attempt)
            rounds.finish(ctx, one)
            school = UUID(kept["school"]) if kept["school"] else None
            known = identities.link(ctx, *found, one.provider, identity, school)
            signed_in = _enter(ctx, known, identity, kept["level"], kept["sid"], kept["id_token"], visit)
            return Done("sign_in", one.return_path, signed_in)
    wrong = _("This code is not right. Please compare it sign by sign.")
    raise Invalid(_("The code was not accepted."), fields={"code": wrong})


def _same_issuer(outside: Outside, one: Round, answer: Mapping[str, str]) -> None:
    """RFC 9207, before anything is sent anywhere (trap T2): the answer is from whom we asked."""
    said = answer.get("iss")
    if said is None and outside.metadata().sends_iss:
        raise OidcRefused("mix_up:missing")
    if one.issuer != outside.profile.issuer or (said is not None and said != one.issuer):
        raise OidcRefused("mix_up")


def _prove(
    provider: IdentityProvider, outside: Outside, one: Round, code: str, clock: Clock
) -> tuple[PortalIdentity, dict[str, Any], str]:
    if not code:
        raise OidcRefused("no_code")
    kept = one.secrets()
    token = exchange(outside, code, kept["verifier"])
    max_age = 0 if one.purpose == "confirm" else None
    claims = id_token_claims(outside, token, nonce=kept["nonce"], minimum=one.minimum, now=clock(), max_age=max_age)
    more = userinfo(outside, token, claims["sub"])
    merged = {**more, **{name: value for name, value in claims.items() if name in _OURS or name not in more}}
    try:
        identity = provider.identity(merged)
    except (ValueError, TypeError, KeyError) as error:
        raise OidcRefused("claims:form") from error
    if (identity.issuer, identity.subject) != (claims["iss"], claims["sub"]):
        raise OidcRefused("claims:key")
    return identity, claims, token["id_token"]


def _conclude(
    db: Database,
    outside: Outside,
    one: Round,
    identity: PortalIdentity,
    claims: Mapping[str, Any],
    id_token: str,
    visit: Visit,
    who: SignedIn | None,
    clock: Clock,
) -> Done:
    level = 0 if outside.school else level_of(outside.profile, claims)  # what a school says of itself is no proof
    sid = clean(str(claims.get("sid") or ""))
    actor = Actor("account", who.name, account_id=who.account_id) if who else system_actor("sign-in")
    with db.all_schools(actor, clock=clock) as ctx:
        if one.purpose == "link" and who is not None:
            identities.link(ctx, who.account_id, who.name, one.provider, identity, outside.school)
            rounds.finish(ctx, one)
            return Done("link", one.return_path)
        known = identities.recognise(ctx, identity, outside.school)
        if one.purpose == "confirm" and who is not None:
            if known is None or known.account_id != who.account_id:
                raise OidcRefused("other_person")
            proved(ctx, who.session_id)
            sessions.keep(ctx, who.session_id, known.id, identity.issuer, sid, id_token, level)
            rounds.finish(ctx, one)
            return Done("confirm", one.return_path)
        if known is None:
            frozen = {"identity": _frozen(identity), "level": level, "sid": sid, "id_token": id_token}
            frozen["school"] = str(outside.school or "")
            rounds.wait(ctx, one, frozen)
            return Done("sign_in", one.return_path, waiting=one.id)
        rounds.finish(ctx, one)
        signed_in = _enter(ctx, known, identity, level, sid, id_token, visit)
        return Done("sign_in", one.return_path, signed_in)


def _enter(
    ctx: Context, known: identities.Known, identity: PortalIdentity, level: int, sid: str, id_token: str, visit: Visit
) -> SignedInNow:
    ctx = Context(ctx.session, _as(known, visit), None, ctx.clock)
    done = entry.begin(
        ctx,
        known.account_id,
        strong=level >= STRONG,
        remote_addr=visit.remote_addr,
        user_agent=visit.user_agent,
        replaces=visit.session_token or None,
        detail={"issuer": identity.issuer},
    )
    sessions.keep_for(ctx, done.token, known.id, identity.issuer, sid, id_token, level)
    return done


def _as(known: identities.Known, visit: Visit) -> Actor:
    return Actor("account", known.account_name, account_id=known.account_id, remote_addr=visit.remote_addr)


def _frozen(identity: PortalIdentity) -> dict[str, Any]:
    return {**asdict(identity), "birth_date": identity.birth_date.isoformat() if identity.birth_date else None}


def _thawed(kept: dict[str, Any]) -> PortalIdentity:
    born = kept["birth_date"]
    return PortalIdentity(**{**kept, "birth_date": date.fromisoformat(born) if born else None})
