"""`truong school` and `truong account`: the first school and the first people, from the operator's terminal."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import click
from sqlalchemy import select

from core import access
from core.access.oversight import oversee
from core.access.roles import OPERATOR, OVERSEER
from core.data.context import Context
from core.identity import accounts, invitations
from core.school import services
from core.school.models import Organisation, School
from core.types.actor import system_actor
from core.work import lifecycle

from .program import Program, program, say, school_by_code

_ACTOR = system_actor("cli")


@click.group(help="Schools.")
def school() -> None:
    pass


@school.command("create", help="Add a school with its current year and switch on every module.")
@click.argument("code")
@click.argument("name")
@click.option(
    "--level",
    type=click.Choice(["preschool", "primary", "lower_secondary", "upper_secondary", "continuing"]),
    default="lower_secondary",
    show_default=True,
)
@click.option("--province", default="01", show_default=True, help="Two-digit code after 1 July 2025.")
@click.option("--prefix", required=True, help="Three letters that begin each payment reference.")
@click.option("--year", default=None, help="School year, such as 2026-2027.")
def create_school(code: str, name: str, level: str, province: str, prefix: str, year: str | None) -> None:
    with program() as parts:
        with parts.db.all_schools(_ACTOR) as ctx:
            school_id = services.create_school(
                ctx, code=code, name=name, level=level, province=province, payment_prefix=prefix
            )
            lifecycle.school_created(ctx, parts.registry, school_id)
        with parts.db.context(_ACTOR, school_id) as ctx:
            first = int(year[:4]) if year else (date.today().year if date.today().month > 6 else date.today().year - 1)  # noqa: DTZ011
            services.open_year(ctx, f"{first}-{first + 1}", date(first, 8, 1), date(first + 1, 7, 31))
            for module in sorted(parts.registry.school_modules()):
                lifecycle.switch_module(ctx, parts.registry, module, on=True)
    say(f"School {name} ({code}) is ready.")


@click.group(help="Accounts.")
def account() -> None:
    pass


@account.command("create", help="Add an account with a role at a school (the role operator needs none).")
@click.argument("login")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(sorted(access.ROLES)))
@click.option("--school", "school_code", default=None, help="Code of the school.")
@click.option("--organisation", default=None, help="Code of the authority that an overseer belongs to.")
@click.option("--password", default=None, help="Without it the person gets an invitation and sets an own password.")
def create_account(
    login: str, name: str, role: str, school_code: str | None, organisation: str | None, password: str | None
) -> None:
    with program() as parts:
        with parts.db.all_schools(_ACTOR) as ctx:
            above = _organisation(ctx, organisation) if role == OVERSEER else None
            school_id = None if role in (OPERATOR, OVERSEER) else _school(ctx, school_code)
        with _at(parts, school_id) as ctx:
            account_id = accounts.create_account(ctx, login, name, password=password)
            if above is None:
                access.grant(ctx, account_id, role)
            else:
                oversee(ctx, account_id, above)
            token = "" if password else invitations.invite(ctx, account_id)
        base_url = parts.settings.base_url
    say(f"{login} can sign in." if password else _invitation(base_url, login, token))


@account.command("invite", help="Print a link with which a person sets a password: the first, or a new one.")
@click.argument("login")
def invite(login: str) -> None:
    with program() as parts:
        with parts.db.all_schools(_ACTOR) as ctx:
            account_id = accounts.find_account(ctx, login)
            if account_id is None:
                raise click.UsageError(f"there is no account {login}")
            token = invitations.invite(ctx, account_id)
        base_url = parts.settings.base_url
    say(_invitation(base_url, login, token))


def _invitation(base_url: str, login: str, token: str) -> str:
    days = invitations.LIFE.days
    return f"{login} sets a password here, once, within {days} days:\n{base_url}/invitation/{token}"


def _at(parts: Program, school_id: UUID | None) -> AbstractContextManager[Context]:
    return parts.db.all_schools(_ACTOR) if school_id is None else parts.db.context(_ACTOR, school_id)


def _organisation(ctx: Context, code: str | None) -> UUID:
    found = ctx.session.scalar(select(Organisation.id).where(Organisation.code == code))
    if found is None:
        raise click.UsageError("name the authority with --organisation CODE")
    return found


def _school(ctx: Context, code: str | None) -> UUID:
    if code:
        return school_by_code(ctx, code)
    found = ctx.session.scalars(select(School.id).limit(2)).all()
    if len(found) != 1:
        raise click.UsageError("name the school with --school CODE")
    return found[0]
