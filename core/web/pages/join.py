"""A parent joins with a code from paper: on the phone, in three short steps."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from core.identity.crockford import tidy
from core.identity.families import accounts, joining
from core.identity.families.accounts import JoiningOver
from core.identity.families.joining import AnswerRefused, CodeMistyped, CodeRefused, Guardian, Opened
from core.identity.links import LinkExpired
from core.identity.signin import TooManyAttempts
from core.sdk.web.language import locale
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import COOKIE, runtime, visitor
from core.sdk.web.view import check_csrf, public
from core.types.errors import Conflict, Invalid, TruongError
from core.types.message import Message, _

from .entrance import address, go_on

blueprint = Blueprint("join", __name__, url_prefix="/join")
KINDS = {"father": _("Father"), "mother": _("Mother"), "guardian": _("Guardian")}


@blueprint.route("", methods=["GET", "POST"])
@public("the code on paper is the key")
def start() -> ResponseReturnValue:
    """The code, typed."""
    if request.method == "GET":
        return _start("", None)
    code = request.form.get("code", "")[:60]
    try:
        joining.look(runtime().db, code, remote_addr=address(), clock=runtime().clock)
    except (CodeMistyped, CodeRefused, TooManyAttempts) as refused:
        return _refused(code, refused)
    return redirect_to("join.code", code=tidy(code))


@blueprint.route("/<string(length=10):code>", methods=["GET", "POST"])
@public("the code on paper is the key; it shows a child's initials only")
def code(code: str) -> ResponseReturnValue:
    """Who one is, and the second knowledge."""
    program = runtime()
    try:
        opened = joining.look(program.db, code, remote_addr=address(), clock=program.clock)
    except (CodeMistyped, CodeRefused, TooManyAttempts) as refused:
        return _refused(code, refused)
    if request.method == "GET":
        return _question(code, opened, {})
    who = _chosen(opened)
    if who is None:
        return _question(code, opened, {"guardian": _("Choose one of these.")}), 422
    given = request.form.get(who.question, "")[:40]
    try:
        token = joining.answer(program.db, code, who.id, given, remote_addr=address(), clock=program.clock)
    except (AnswerRefused, Conflict) as refused:
        errors = {"answer" if isinstance(refused, AnswerRefused) else "": refused.message}
        return _question(code, opened, errors), refused.status
    except (CodeRefused, TooManyAttempts) as refused:
        return _refused(code, refused)
    return redirect_to("join.account", token=token)


@blueprint.route("/with/<string(length=48):token>", methods=["GET", "POST"])
@public("the signed link of half an hour is the key")
def account(token: str) -> ResponseReturnValue:
    """A new account, or the children added to the one that is signed in."""
    program, person = runtime(), visitor()
    try:
        who = accounts.joining(program.db, token, clock=program.clock)
        if request.method == "GET":
            return _account(token, who, {})
        if person is None:
            return _new(token, who)
        check_csrf(program, person)
        return _add(token, who, person.signed_in.account_id)
    except (LinkExpired, JoiningOver) as over:
        return render("pages/join_over.html", school_name="Trường"), over.status


def _add(token: str, who: accounts.Joining, account_id: UUID) -> ResponseReturnValue:
    try:
        accounts.join_existing(runtime().db, token, account_id, clock=runtime().clock)
    except Conflict as refused:
        return _account(token, who, {"": refused.message}), refused.status
    flash("ok", _("Your child has been added. You see all your children on this page."))
    return redirect_to("home.start")


def _new(token: str, who: accounts.Joining) -> ResponseReturnValue:
    password = request.form.get("password", "")[:1000]
    if password != request.form.get("again", "")[:1000]:
        return _account(token, who, {"again": _("The two are not the same. Please type both again.")}), 422
    try:
        done = accounts.join_new(
            runtime().db,
            token,
            request.form.get("login", "")[:200],
            password,
            locale=locale(),
            remote_addr=address(),
            user_agent=request.user_agent.string,
            replaces=request.cookies.get(COOKIE),
            clock=runtime().clock,
        )
    except Invalid as refused:
        return _account(token, who, refused.fields or {"": refused.message}), 422
    except Conflict as refused:
        return _account(token, who, {"login": refused.message}), 409
    flash("ok", _("Welcome. Your account is ready and you are signed in."))
    return go_on(done, url_for("home.start"))


def _chosen(opened: Opened) -> Guardian | None:
    """Who the visitor says they are."""
    wanted = request.form.get("guardian", "")
    return next((one for one in opened.guardians if str(one.id) == wanted), None)


def _start(code: str, problem: Message | None) -> str:
    return render("pages/join.html", school_name="Trường", code=code, problem=problem)


def _refused(code: str, refused: TruongError) -> ResponseReturnValue:
    response = current_app.make_response((_start(code, refused.message), refused.status))
    if isinstance(refused, TooManyAttempts):
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _question(code: str, opened: Opened, errors: dict[str, Message]) -> str:
    return render(
        "pages/join_question.html",
        school_name=opened.school_name,
        opened=opened,
        kinds=KINDS,
        code=code,
        chosen=request.form.get("guardian", ""),
        given={name: request.form.get(name, "") for name in ("phone", "birth")},
        questions={one.question for one in opened.guardians if not one.joined},
        errors=errors,
    )


def _account(token: str, who: accounts.Joining, errors: dict[str, Message]) -> str:
    person = visitor()
    return render(
        "pages/join_account.html",
        school_name=who.school_name,
        who=who,
        token=token,
        me=person.actor.name if person else "",
        csrf=runtime().csrf_token(person.token) if person else "",
        login=request.form.get("login", ""),
        errors=errors,
    )
