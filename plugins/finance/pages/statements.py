"""Bank statements: upload, see what each line would do, confirm."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.web import export_door, file_response, flash, page, redirect_to, render, runtime, translate
from plugins.finance.models import StatementColumns
from plugins.finance.services import cases, rails, statement_columns
from plugins.finance.services import statements as service
from plugins.finance.services.statement_rows import XLSX, faults_of_day, rows_to_look_at, workbook

from .site import asked, blueprint, chip, typed, whole

OUTCOMES: dict[str, tuple[str, Message]] = {
    "matched": ("ok", _("Booked to a pupil")),
    "proposed": ("wait", _("Proposed: you confirm")),
    "suspense": ("attention", _("Without a name")),
    "reversed": ("stop", _("Taken back")),
    "not_a_fee": ("neutral", _("Not a fee")),
    "duplicate": ("neutral", _("Known already")),
    "unreadable": ("attention", _("Cannot be read")),
}
_PAGE = 100


@blueprint.route("/statements", methods=["GET", "POST"])
@page("payments.statement.import")
def statements(ctx: Context) -> ResponseReturnValue:
    """Earlier statements and the place for a new one."""
    providers = runtime().registry.payment_providers()
    accounts, services = rails.bank_accounts(ctx, providers), rails.services(ctx, providers)
    errors: dict[str, Message] = {}
    if request.method == "POST":
        sent = request.files.get("file")
        try:
            if sent is None or not sent.filename:
                message = _("Choose the file that you have downloaded from the bank.")
                raise Invalid(message, fields={"file": message})
            account, content = request.form.get("account", ""), sent.stream.read()
            of = next((s for s in services if str(s.channel_id) == account), None)
            with whole(ctx):
                if of is not None:
                    made = service.upload_day(ctx, of, sent.filename, content)
                else:
                    readers = runtime().registry.statement_readers()
                    read = statement_columns.read_file(readers, content, account, statement_columns.kept(ctx))
                    made = service.upload(ctx, accounts, account, sent.filename, read)
            return redirect_to("finance.statement", upload_id=made)
        except Invalid as refused:
            errors = refused.fields or {"file": refused.message}
    page_ = render(
        "finance/statements.html",
        rows=service.uploads(ctx),
        accounts=accounts,
        services=services,
        kept=_kept(ctx, accounts, services),
        errors=errors,
        values=typed(),
    )
    return page_, 422 if errors else 200


def _kept(
    ctx: Context, accounts: list[rails.BankAccount], services: list[rails.BankAccount]
) -> list[tuple[rails.BankAccount, str, StatementColumns | None]]:
    """Each account and service with what is kept of its columns."""
    known = statement_columns.kept(ctx)
    both = [(a, a.number, known.get(a.number)) for a in accounts]
    return both + [(s, "", known.get(statement_columns.key_of(s, service=True))) for s in services]


@blueprint.route("/statements/columns/<uuid:channel_id>", methods=["GET", "POST"])
@page("payments.statement.import")
def statement_columns_page(ctx: Context, channel_id: UUID) -> ResponseReturnValue:
    """Say which column of an account's files is what, where the program has not understood it."""
    registry = runtime().registry
    accounts, services = (f(ctx, registry.payment_providers()) for f in (rails.bank_accounts, rails.services))
    of = next((a for a in (*accounts, *services) if a.channel_id == channel_id), None)
    if of is None:
        raise NotFound()
    is_service = of in services
    roles = statement_columns.nameable(registry.statement_readers(), service=is_service)
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                statement_columns.name(ctx, of, request.form, roles, service=is_service)
            flash("ok", _("The columns are kept for the next files of this account."))
            return redirect_to("finance.statements")
        except Invalid as refused:
            errors = refused.fields
    known = statement_columns.kept(ctx).get(statement_columns.key_of(of, service=is_service))
    page_ = render(
        "finance/statement_columns.html",
        of=of,
        title=of.label if is_service else of.number,
        roles=roles,
        known=known,
        errors=errors,
        values={**(known.columns if known else {}), **typed()},
    )
    return page_, 422 if errors else 200


@blueprint.get("/statements/<uuid:upload_id>")
@page("payments.statement.import")
def statement(ctx: Context, upload_id: UUID) -> str:
    """The plan, or what was done: sums first, then line by line."""
    if (day := service.planned_day(ctx, upload_id)) is not None:
        return _day(day)
    found = service.planned(ctx, upload_id)
    wanted, start = asked("outcome"), max(request.args.get("from", 0, type=int), 0)
    counts = dict.fromkeys(OUTCOMES, 0)
    for decision in found.result.decisions:
        counts[decision.outcome.value] += 1
    lines = [d for d in found.result.decisions if not wanted or d.outcome.value == wanted]
    chips = [
        chip(label, "outcome", name) | {"count": counts[name]}
        for name, (_kind, label) in OUTCOMES.items()
        if counts[name]
    ]
    return render(
        "finance/statement.html",
        found=found,
        upload=found.upload,
        counts=counts,
        outcomes=OUTCOMES,
        why=cases.WHY,
        chips=chips,
        lines=lines[start : start + _PAGE],
        start=start,
        shown=len(lines),
        sums=service.sums(found.result),
        previous=_from(upload_id, wanted, start - _PAGE) if start else None,
        next=_from(upload_id, wanted, start + _PAGE) if start + _PAGE < len(lines) else None,
    )


DAY_OUTCOMES: dict[str, tuple[str, Message]] = {
    "agrees": ("ok", _("Agrees with the books")),
    "new": ("wait", _("Nobody has told us yet")),
    "differs": ("attention", _("Another amount than in the books")),
    "repeated": ("neutral", _("Known already")),
}


def _day(found: service.PlannedDay) -> str:
    wanted, start = asked("outcome"), max(request.args.get("from", 0, type=int), 0)
    lines = [d for d in found.plan.decided if not wanted or d.outcome == wanted]
    counts = found.plan.counts
    chips = [
        chip(label, "outcome", name) | {"count": counts[name]}
        for name, (_kind, label) in DAY_OUTCOMES.items()
        if counts.get(name)
    ]
    upload_id = found.upload.id
    return render(
        "finance/settlement.html",
        found=found,
        upload=found.upload,
        done=found.upload.state == "imported",
        outcomes=DAY_OUTCOMES,
        chips=chips,
        lines=lines[start : start + _PAGE],
        previous=_from(upload_id, wanted, start - _PAGE) if start else None,
        next=_from(upload_id, wanted, start + _PAGE) if start + _PAGE < len(lines) else None,
    )


@blueprint.get("/statements/<uuid:upload_id>/rows.xlsx")
@page("payments.statement.import")
def statement_rows(ctx: Context, upload_id: UUID) -> ResponseReturnValue:
    """The rows that need a person or could not be taken, each with its cause."""
    day = service.planned_day(ctx, upload_id)
    if day is not None:
        rows, name = faults_of_day(day, translate), day.upload.name
    else:
        found = service.planned(ctx, upload_id)
        rows, name = rows_to_look_at(found, translate), found.upload.name
    door = export_door(ctx, "finance.statement.rows", _("Rows of a statement"), persons=len(rows), data_classes=())
    return door or file_response(workbook(rows), f"{name.rpartition('.')[0] or name}-can-xem.xlsx", XLSX)


def _from(upload_id: UUID, outcome: str, start: int) -> str:
    return url_for("finance.statement", upload_id=upload_id, outcome=outcome or None, **{"from": max(start, 0)})  # type: ignore[arg-type]


@blueprint.post("/statements/<uuid:upload_id>/confirm")
@page("payments.statement.import")
def confirm_statement(ctx: Context, upload_id: UUID) -> ResponseReturnValue:
    """Book it: at once, or as a job with progress."""
    following = url_for("finance.statement", upload_id=upload_id)
    try:
        with whole(ctx):
            job = service.start_import(ctx, upload_id)
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
        return redirect_to("finance.statement", upload_id=upload_id)
    if job is not None:
        return redirect_to("home.job", job_id=job, next=following)
    flash("ok", _("The statement is booked."))
    return redirect_to("finance.statement", upload_id=upload_id)


@blueprint.post("/statements/<uuid:upload_id>/discard")
@page("payments.statement.import")
def discard_statement(ctx: Context, upload_id: UUID) -> ResponseReturnValue:
    """Put a statement away that was not booked."""
    try:
        service.discard(ctx, upload_id)
        flash("ok", _("The file was put away. Nothing was booked."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.statements")
