"""What sign-in pages share: cookies, the way on, and what the owner of an account has to hear."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, request, url_for

from core.identity import notices
from core.identity.entry import SignedInNow
from core.identity.factors.passkeys import Site
from core.sdk.web.render import flash
from core.sdk.web.runtime import COOKIE, runtime
from core.types.actor import Actor

DEVICE_COOKIE = "truong_device"
_HALF_A_YEAR = 180 * 24 * 3600
_MOST_TOLD = 3
_STEPS = {"factor": "second_step.step", "setup": "second_step.setup"}


def safe(target: str | None) -> str:
    """An address inside the program; anything else becomes the start page (no open redirect)."""
    parts = urlsplit(target or "")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme
    if parts.netloc and parts.netloc != request.host:
        inside = False
    return path.rstrip("?") if inside else url_for("home.start")


def go_on(done: SignedInNow, following: str) -> Response:
    """After a proof: to where the person wanted, or first to the second step."""
    where = following
    if done.stage != "open":
        where = f"{url_for(_STEPS[done.stage])}?{urlencode({'next': following})}"
    answer = Response(status=303, headers={"Location": where})
    remember(answer, done)
    return answer


def remember(answer: Response, done: SignedInNow) -> None:
    """Give the browser its session, and once it is open the token by which it is known next time."""
    _set_cookie(answer, COOKIE, done.token, None)
    if done.stage == "open":
        _set_cookie(answer, DEVICE_COOKIE, done.device, _HALF_A_YEAR)
        _tell(done)


def site() -> Site:
    """The program as passkeys know it."""
    return Site.of(runtime().base_url)


def passkeys_work_here() -> bool:
    """Whether browsers allow passkeys, and this page was opened at the address they are good for."""
    place = site()
    return place.usable and place.origin.partition("://")[2] == request.host


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def _tell(done: SignedInNow) -> None:
    program = runtime()
    owner = Actor("account", "", account_id=done.account_id)
    with program.db.all_schools(owner, clock=program.clock) as ctx:
        for notice in notices.unseen(ctx)[-_MOST_TOLD:]:
            if notice.code in notices.BY_OTHERS:
                flash("attention", notice.words)


def _set_cookie(response: Response, name: str, value: str, max_age: int | None) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=max_age, httponly=True, secure=secure, samesite="Lax")
