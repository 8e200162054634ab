"""Pay links: a signed, expiring address that names only the bill, for parents without an account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Actor, Context, access
from core.sdk.errors import NotFound
from core.sdk.links import named_by
from core.sdk.school import school_of
from plugins.finance.models import Bill
from plugins.finance.rules.explain import ExplainedLine
from plugins.finance.rules.initials import initials

from . import signed
from .bills import PayState, view_of
from .meals import CreditLine
from .parts import PartRow, parts_of

KIND = "finance.bill"


@dataclass(frozen=True, slots=True)
class PublicBill:
    """A bill as anybody with the link sees it: initials and class, no name, no reason of an exemption."""

    bill_id: UUID
    charge_id: UUID | None
    person_id: UUID
    """For starting the payment; never shown."""
    school_name: str
    initials: str
    class_name: str
    round_title: str
    due_on: date
    state: PayState
    total: int
    paid: int
    open: int
    reference: str
    lines: tuple[ExplainedLine, ...]
    carried: tuple[CreditLine, ...] = ()
    """Meals of months before that were given back, or are asked again."""
    parts: tuple[PartRow, ...] = ()
    """Where the school has agreed to parts."""


def pay_link(ctx: Context, bill_id: UUID) -> str:
    """A fresh token for the pay page of a bill; it works for the days that the school has set, or until it is ended.

    Raises:
        NotFound: no such bill, or not one that this reader may see.
    """
    person_id = ctx.session.scalar(select(Bill.person_id).where(Bill.id == bill_id))
    if person_id is None:
        raise NotFound()
    access.require_for(ctx, "finance.bill.read", person_id)
    return signed.make(ctx, KIND, bill_id, person_id)


def bill_of_token(ctx: Context, token: str) -> tuple[UUID, UUID]:
    """The bill that a token names, and its school; in a context of that school or over all schools.

    Raises:
        NotFound: it was not made here, or was changed.
        LinkExpired: its time is over, or it was ended.
    """
    query = select(Bill.school_id, Bill.person_id).where(Bill.id == named_by(token))
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound()
    return signed.read(ctx, KIND, found.person_id, token), found.school_id


def school_of_token(ctx: Context, token: str) -> UUID:
    """The school of a link, in a context over all schools: the pay page knows nothing else.

    Raises:
        NotFound, LinkExpired: as `bill_of_token`.
    """
    return bill_of_token(ctx, token)[1]


def bill_by_link(ctx: Context, token: str, reader: Actor | None = None) -> PublicBill:
    """The bill of a link, in a context of its school.

    On which days a child was away is told only to a signed-in `reader` who may see the child's bills; everybody else
    reads how many.

    Raises:
        NotFound, LinkExpired: as `bill_of_token`; a withdrawn bill is not found.
    """
    found = view_of(ctx, bill_of_token(ctx, token)[0])
    row = found.bill
    known = reader is not None and access.may(replace(ctx, actor=reader), "finance.bill.read", row.person_id)
    return PublicBill(
        bill_id=row.id,
        charge_id=found.charge_id,
        person_id=row.person_id,
        school_name=school_of(ctx).name,
        initials=initials(row.full_name),
        class_name=row.class_name,
        round_title=row.round_title,
        due_on=row.due_on,
        state=row.state,
        total=row.total,
        paid=row.paid,
        open=row.open,
        reference=row.reference,
        lines=tuple(_without_reasons(line) for line in found.lines),
        carried=tuple(credit if known else replace(credit, days=[]) for credit in found.carried),
        parts=tuple(parts_of(ctx, row.id, row.paid)),
    )


def _without_reasons(line: ExplainedLine) -> ExplainedLine:
    """Amounts and legal basis stay; why a family pays less is nobody's business who finds the paper."""
    because = line.exemption
    if because is not None:
        because = replace(because, reason="", evidence="", group_code="", approved_by="")
    return replace(line, reason="", exemption=because)
