"""Signers: who confirms for the leadership, whose certificate counts, and the accounts at signing services."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk import signing as ports
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import Open, flash, page, redirect_to, render, stepwise, translate
from plugins.curriculum import public as curriculum

from ..access import SIGNERS
from ..rules import certificates
from ..services import accounts, leaders, signers
from .blueprint import blueprint

SEAL = "seal"


@blueprint.get("/signers")
@page(SIGNERS)
def signers_(ctx: Context) -> str:
    """Everything about who signs, and with what."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object], where: str = "") -> str:
    lines = signers.signers(ctx)
    with_one = {line.person_id for line in lines}
    staff = curriculum.teachers(ctx)
    return render(
        "transcripts/signers.html",
        lines=lines,
        now=ctx.now(),
        leaders=leaders.leaders(ctx),
        titles=leaders.TITLES,
        accounts=accounts.accounts(ctx),
        providers=ports.installed(),
        without=[one for one in staff if one.id not in with_one],
        people=[(str(one.id), one.full_name) for one in staff],
        account_items=[
            {"title": one.label, "url": url_for("transcripts.account_form", provider=one.provider, id=one.id)}
            for one in accounts.accounts(ctx)
            if one.provider in ports.installed()
        ],
        errors=errors,
        where=where,
        typed=request.form,
    )


@blueprint.post("/signers/leaders")
@page(SIGNERS)
def name_leader(ctx: Context) -> ResponseReturnValue:
    """Name somebody who confirms."""
    form = request.form
    person = form.get("person", type=UUID)
    starts_on, ends_on = form.get("starts_on", type=date.fromisoformat), form.get("ends_on", type=date.fromisoformat)
    try:
        if person is None or starts_on is None:
            problem = _("Choose a person and a first day.")
            raise Invalid(problem, fields={"person" if person is None else "starts_on": problem})
        leaders.name_leader(ctx, person, form.get("position", ""), starts_on, ends_on, form.get("decision", ""))
    except Invalid as error:
        return _page(ctx, dict(error.fields), "leaders"), 422
    flash("ok", _("Named. From the first day on they confirm transcripts."))
    return redirect_to("transcripts.signers_")


@blueprint.post("/signers/leaders/<uuid:leader_id>/withdraw")
@page(SIGNERS)
def withdraw_leader(ctx: Context, leader_id: UUID) -> ResponseReturnValue:
    """Take a naming back."""
    leaders.withdraw_leader(ctx, leader_id)
    flash("ok", _("They no longer confirm transcripts."))
    return redirect_to("transcripts.signers_")


@blueprint.post("/signers/<uuid:signer_id>/withdraw")
@page(SIGNERS)
def withdraw_signer(ctx: Context, signer_id: UUID) -> ResponseReturnValue:
    """Let a certificate sign nothing more."""
    signers.withdraw(ctx, signer_id)
    flash("ok", _("The certificate signs nothing more. What it has signed stays signed."))
    return redirect_to("transcripts.signers_")


@blueprint.get("/signers/find")
@page(SIGNERS)
def find_form(ctx: Context) -> str:
    """Whose certificate, and where it is asked for."""
    staff = [(str(one.id), one.full_name) for one in curriculum.teachers(ctx)]
    named = {line.person_id: line.full_name for line in leaders.leaders(ctx)}
    heads = [(str(id), name) for id, name in named.items() if str(id) not in dict(staff)]
    return render(
        "transcripts/find.html",
        people=[(SEAL, translate(_("Seal of the school"))), *heads, *staff],
        accounts=[(str(one.id), one.label) for one in accounts.accounts(ctx) if one.active],
    )


@blueprint.post("/signers/find")
@stepwise(SIGNERS)
def find(open: Open) -> ResponseReturnValue:
    """Ask a service which certificates it holds for somebody; one is registered by another step, after a look at it."""
    form = request.form
    account, user, person = form.get("account", type=UUID), form.get("user", "").strip(), form.get("person", "")
    if account is None or not person:
        flash("attention", _("Choose a person and an account."))
        return redirect_to("transcripts.signers_")
    with open() as ctx:
        ask = signers.listing(ctx, account, user)
    found = ask()
    if isinstance(found, ports.NoAnswer):
        flash("wait", _("The signing service does not answer. Nothing is lost: look again in a moment."))
        return redirect_to("transcripts.signers_")
    chosen = form.get("credential")
    if chosen:
        return _register(open, account, user, person, next((one for one in found if one.id == chosen), None))
    with open() as ctx:
        rows = [(one, certificates.holder(one.chain[0]), certificates.faults(one.chain[0], ctx.now())) for one in found]
        whose = None if person == SEAL else UUID(person)
        name = signers.name_of(ctx, whose)
        return render("transcripts/credentials.html", rows=rows, account=account, user=user, person=person, whose=name)


def _register(
    open: Open, account: UUID, user: str, person: str, credential: ports.Credential | None
) -> ResponseReturnValue:
    if credential is None:
        raise NotFound
    whose = None if person == SEAL else UUID(person)
    confirmed = request.form.get("confirmed") == "1"
    try:
        with open() as ctx:
            signers.register(ctx, whose, account, user, credential, confirmed=confirmed)
    except (Invalid, Conflict) as error:
        flash("attention", error.message)
        return redirect_to("transcripts.signers_")
    flash("ok", _("The certificate is registered."))
    return redirect_to("transcripts.signers_")


@blueprint.get("/signers/accounts/<provider>")
@page(SIGNERS)
def account_form(ctx: Context, provider: str) -> str:
    """The settings of an account, a new one or with `?id=` one that is there."""
    return _account(ctx, provider, {})


def _account(ctx: Context, name: str, errors: dict[str, object]) -> str:
    provider = ports.get(name)
    id = request.args.get("id", type=UUID)
    old = accounts.load_account(ctx, id) if id is not None else None
    typed = {one.name: "" if one.secret else (old.config.get(one.name, "") if old else one.default)
             for one in provider.fields}  # fmt: skip
    typed |= {"label": old.label if old else ""} | {
        name: value for name, value in request.form.items() if name in typed
    }
    return render("transcripts/account.html", provider=provider, old=old, typed=typed, errors=errors)


@blueprint.post("/signers/accounts/<provider>")
@page(SIGNERS)
def keep_account(ctx: Context, provider: str) -> ResponseReturnValue:
    """Make an account or change one."""
    names = {one.name for one in ports.get(provider).fields}
    given = {name: value for name, value in request.form.items() if name in names}
    try:
        accounts.configure(
            ctx, provider, request.form.get("label", ""), given, account_id=request.args.get("id", type=UUID)
        )
    except Invalid as error:
        return _account(ctx, provider, dict(error.fields)), 422
    flash("ok", _("The account is kept."))
    return redirect_to("transcripts.signers_")
