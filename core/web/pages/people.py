"""Accounts of the school: who can sign in, with which role; and invitations to set a password."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core import access, identity
from core.access.roles import MAY_GIVE, OPERATOR, OVERSEER, ROLES
from core.data.context import Context
from core.identity import AccountRow
from core.identity.factors import own, requirement
from core.sdk.web.api import Cursor
from core.sdk.web.forms import load_form, say
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page
from core.types.errors import Conflict, Invalid, TruongError
from core.types.message import Message, _

blueprint = Blueprint("people", __name__, url_prefix="/people")
PER_PAGE = 50
_CURSOR = "core.accounts"


def state_of(account: AccountRow) -> tuple[str, Message]:
    """Where an account stands, as kind and word."""
    if account.state != "active":
        return "stop", _("Locked")
    if account.has_password:
        return "ok", _("In use")
    return ("wait", _("Invited")) if account.invited_until else ("attention", _("Without a password"))


def _may_give(ctx: Context) -> list[str]:
    """Roles that this person may give here, the widest first."""
    reach = frozenset[str]().union(*(MAY_GIVE.get(mine, frozenset()) for mine in ctx.actor.roles))
    return [role for role in ROLES if role in reach and role not in (OPERATOR, OVERSEER)]


@blueprint.get("/accounts")
@page("core.accounts.read")
def accounts(ctx: Context) -> str:
    """Everybody who can sign in here, by name."""
    words = request.args.get("q", "").strip()[:100]
    mark = Cursor(_CURSOR).read(request.args.get("after"))
    after = (mark[0], UUID(mark[1])) if mark else ("", UUID(int=0))
    rows = identity.accounts_of_school(ctx, words=words, after=after, limit=PER_PAGE + 1)
    shown = rows[:PER_PAGE]
    following = None
    if len(rows) > PER_PAGE:
        last = Cursor(_CURSOR).write((shown[-1].sort_key, shown[-1].id))
        following = url_for("people.accounts", q=words or None, after=last)
    return render(
        "pages/accounts.html",
        rows=shown,
        words=words,
        total=identity.count_accounts(ctx, words),
        following=following,
        roles=ROLES,
        state_of=state_of,
        may_manage=ctx.actor.has("core.accounts.manage"),
    )


class AccountForm(Schema):
    """A new account."""

    name = fields.String(required=True, error_messages=say(required=_("Please enter the full name.")))
    login = fields.String(
        required=True, error_messages=say(required=_("Enter an e-mail address, a phone number or a short name."))
    )
    role = fields.String(required=True, error_messages=say(required=_("Choose one of the roles.")))
    person = fields.UUID(load_default=None)


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@page("core.accounts.manage")
def new(ctx: Context) -> ResponseReturnValue:
    """Add somebody; the answer is a link for them, never a password."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            form = load_form(AccountForm())
            with ctx.session.begin_nested():
                made = identity.invite_new(
                    ctx, login=form["login"], name=form["name"], role=form["role"], person_id=form["person"]
                )
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
        except Conflict as refused:
            errors = {"login": refused.message}
        else:
            flash("ok", _("The account is ready. Hand over the link below."))
            return redirect_to("people.account", account_id=made)
    given = request.form or request.args
    choices = [(role, ROLES[role]) for role in _may_give(ctx)]
    return render("pages/account_new.html", values=given, errors=errors, choices=choices), 422 if errors else 200


@blueprint.get("/accounts/<uuid:account_id>")
@page("core.accounts.read")
def account(ctx: Context, account_id: UUID) -> str:
    """One account: roles, invitation, lock."""
    found = identity.account(ctx, account_id)
    link, until = "", None
    manageable = ctx.actor.has("core.accounts.manage") and account_id != ctx.actor.account_id
    if manageable:
        try:
            opened = identity.open_invitation(ctx, account_id)
        except TruongError:  # it reaches further than this person, who only looks at it then
            manageable = False
        else:
            link = f"{runtime().base_url}/invitation/{opened[0]}" if opened else ""
            until = opened[1] if opened else None
    givable = _may_give(ctx) if manageable else []
    return render(
        "pages/account_of.html",
        account=found,
        state=state_of(found),
        roles=ROLES,
        link=link,
        until=until,
        manageable=manageable,
        factors=own.factors_for(ctx, account_id) if manageable else None,
        takable=[role for role in found.roles if role in givable],
        givable=[(role, ROLES[role]) for role in givable if role not in found.roles],
    )


@blueprint.post("/accounts/<uuid:account_id>/<any(invite, lock, unlock, give, take, factor):step>")
@page("core.accounts.manage")
def change(ctx: Context, account_id: UUID, step: str) -> ResponseReturnValue:
    """One step with an account; its page says how it stands then."""
    role = request.form.get("role", "")
    said: Message
    if step == "invite":
        identity.invite(ctx, account_id)
        said = _("The link is ready. It opens once, within seven days.")
    elif step == "give":
        access.require_may_manage(ctx, account_id)
        access.grant(ctx, account_id, role)
        requirement.apply_now(ctx, account_id)
        said = _("The role is given.")
    elif step == "factor":
        own.disable(ctx, account_id)
        said = _("The second step is taken away. The person is told at the next sign-in.")
    elif step == "take":
        access.revoke(ctx, account_id, role)
        said = _("The role is taken away at once.")
    else:
        identity.set_active(ctx, account_id, step == "unlock")
        said = _("The account is open again.") if step == "unlock" else _("The account is locked and signed out.")
    flash("ok", said)
    return redirect_to("people.account", account_id=account_id)
