"""Numbers and reports of fees, and the places and buttons that this module puts elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Action, Column, Context, Indicator, Message, Parameter, Report, SchoolsReport, SlotPlace, _
from core.sdk.ledger import Charge

from .models import Bill
from .rules.ages import BANDS
from .services.debtors import debtors, debts_by_age
from .services.items import items
from .services.standing import pupil_debts
from .services.standing.oversight import by_item, months

_BOOKS = _("The school's own books: bills, and payments posted to them")


def _asked(ctx: Context) -> int:
    mine = select(func.coalesce(func.sum(Bill.total), 0)).where(
        Bill.school_id == ctx.school_id, Bill.state == "published"
    )
    return int(ctx.session.execute(mine).scalar_one())


def _open(ctx: Context) -> int:
    mine = select(func.coalesce(func.sum(Charge.due - Charge.allocated), 0)).where(
        Charge.school_id == ctx.school_id, Charge.state == "open"
    )
    return int(ctx.session.execute(mine).scalar_one())


def _owing(ctx: Context) -> int:
    return debts_by_age(ctx).people


INDICATORS = [
    Indicator("finance.billed", _("Billed so far"), _("Sum of all bills that are out, cancelled ones left out"),
              _BOOKS, "finance.bill.read", _asked, "money", order=50),
    Indicator("finance.open", _("Not paid yet"), _("What is still open of all charges, also those not due yet"),
              _BOOKS, "finance.debtor.read", _open, "money", order=51),
    Indicator("finance.people_owing", _("Pupils with open charges"), _("Pupils of whom at least one charge is open"),
              _BOOKS, "finance.debtor.read", _owing, order=52),
]  # fmt: skip


def _late(ctx: Context, values: object) -> Iterator[Sequence[str | int | date]]:
    after = None
    while True:
        page = debtors(ctx, after=after, limit=500)
        for row in page.rows:
            yield row.full_name, row.owed, row.oldest_due_on, row.charges
        if page.next is None:
            return
        after = page.next


def _debts(ctx: Context, values: Mapping[str, str]) -> Iterator[Sequence[str | int | date]]:
    item = UUID(values["item"]) if values["item"] else None
    for one in pupil_debts(ctx, class_name=values["class"], item_id=item, age=values["age"]):
        yield (
            one.full_name, one.code, one.class_name, one.oldest_due_on,
            *(one.by_age[name] for name, *_rest in BANDS), one.owed,
        )  # fmt: skip


def _item_choices(ctx: Context) -> list[tuple[str, str | Message]]:
    return [(str(item.id), item.label_vi) for item in items(ctx, with_inactive=True)]


REPORTS = [
    Report(
        "finance.debts",
        _("Debts by age, class and item"),
        _("Pupils with anything open, also what is not due yet, the largest sum first."),
        "finance.debtor.read",
        columns=(
            Column("name", _("Full name")),
            Column("code", _("Code")),
            Column("class", _("Class")),
            Column("since", _("Since"), "date"),
            *(Column(name, label, "money") for name, _low, _high, label in BANDS),
            Column("owed", _("Together"), "money"),
        ),
        rows=_debts,
        parameters=(
            Parameter("class", _("Class")),
            Parameter("item", _("Item"), "choice", choices=_item_choices),
            Parameter("age", _("Age"), "choice", choices=lambda ctx: [(name, label) for name, _l, _h, label in BANDS]),
        ),
        data_classes=("identity", "finance"),
    ),
    Report(
        "finance.debtors",
        _("Overdue fees"),
        _("Pupils with overdue charges, the largest sum first."),
        "finance.debtor.read",
        columns=(
            Column("name", _("Full name")),
            Column("owed", _("Overdue"), "money"),
            Column("since", _("Since"), "date"),
            Column("charges", _("Charges"), "number"),
        ),
        rows=_late,
        data_classes=("identity", "finance"),
    ),
]
SCHOOLS_REPORTS = [
    SchoolsReport(
        "finance.by_item",
        _("Collection by item against the ceilings"),
        _("Prices of each school, the ceiling, and how much was collected. Sums of few pupils are left out."),
        columns=(
            Column("school", _("School")),
            Column("item", _("Item")),
            Column("price", _("Highest price"), "money"),
            Column("ceiling", _("Ceiling"), "money"),
            Column("over", _("State")),
            Column("pupils", _("Pupils")),
            Column("asked", _("Asked"), "money"),
            Column("paid", _("Paid"), "money"),
            Column("percent", _("Share paid")),
        ),
        rows=by_item,
        parameters=(Parameter("month", _("Month"), "choice", choices=months),),
    )
]
PLACES = [SlotPlace("finance.bill.side", _("Beside a bill"), "finance_bill")]
ACTIONS = [
    Action("learner", "finance.exemption", _("Enter an exemption"), "finance.exemption.edit", "finance.new_exemption",
           argument="person", icon="star"),
]  # fmt: skip
