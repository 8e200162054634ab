"""Payment notices as PDF: a class or a whole round in one job, a sheet for each pupil or for each family."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, Progress, _, files, work
from core.sdk.data import local_date, new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.ledger import charges, payers
from core.sdk.payments import Transfer
from core.sdk.qr import document as qr
from core.sdk.school import school_of
from core.sdk.text import translator
from plugins.finance.documents import notices as document
from plugins.finance.models import NoticePrint
from plugins.finance.rules.explain import ExplainedLine

from . import baskets, bills, links
from ._explained import lines_of
from ._trail import note
from .bills import BillRow, open_bills_of
from .paper import charges_of
from .rounds import round_

PRINT_TASK = "finance.notices"
PURPOSE = "finance.notices"


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A document of notices that was made."""

    id: UUID
    class_name: str
    by_family: bool
    sheets: int
    made_by: str
    made_at: datetime


def ask(ctx: Context, round_id: UUID, class_name: str, *, by_family: bool, base_url: str) -> UUID:
    """Ask for the notices of a class, or of all classes without a name; returns the job.

    Raises:
        NotFound: no such round. Invalid: nobody of this class has to pay.
    """
    ctx.require("finance.round.publish")
    if class_name not in ("", *_classes(ctx, round_id)):
        message = _("Nobody of this class has anything to pay.")
        raise Invalid(message, fields={"class": message})
    payload = {"round_id": str(round_id), "class": class_name, "by_family": by_family, "base_url": base_url}
    return work.enqueue(ctx, PRINT_TASK, payload, key=f"{round_id}:{class_name}:{by_family}")


def _classes(ctx: Context, round_id: UUID) -> list[str]:
    return [row.class_name for row in bills.progress_by_class(ctx, round_id) if row.bills > row.paid_bills]


def run(ctx: Context, round_id: UUID, class_name: str, by_family: bool, base_url: str, progress: Progress) -> None:
    """Make and keep the document; a run that was cut off has kept nothing and is repeated."""
    ctx.require("finance.round.publish")
    row = round_(ctx, round_id)
    names = [class_name] if class_name else _classes(ctx, round_id)
    made: list[tuple[str, bytes]] = []
    seen: set[UUID] = set()
    count = 0
    for done, name in enumerate(names):
        progress(done, len(names))
        sheets = _sheets(ctx, round_id, name, by_family, base_url, seen)
        if sheets:
            count += len(sheets)
            made.append((f"giay-bao-{name}.pdf", _pdf(ctx, f"{row.title} · {name}", sheets)))
    if made:
        name, content, media = _one_file(made)
        kept = files.store(ctx, content, name=name, media_type=media, purpose=PURPOSE)
        printed = NoticePrint(
            id=new_id(), round_id=round_id, class_name=class_name, by_family=by_family, file_id=kept.id,
            sheets=count, made_by=ctx.actor.name, made_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(printed)
        note(ctx, "finance.notices.printed", ("finance_round", round_id), {"class": class_name, "sheets": count})
    progress(len(names), len(names))


def _one_file(made: Sequence[tuple[str, bytes]]) -> tuple[str, bytes, str]:
    """The document itself, or a ZIP of one for each class."""
    if len(made) == 1:
        return made[0][0], made[0][1], "application/pdf"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in made:
            archive.writestr(zipfile.ZipInfo(name), content)
    return "giay-bao.zip", out.getvalue(), "application/zip"


def _pdf(ctx: Context, title: str, sheets: Sequence[dict[str, Any]]) -> bytes:
    school = school_of(ctx)
    told = {"name": school.name, "address": school.address, "phone": school.phone}
    day = f"{local_date(ctx.now()):%d/%m/%Y}"
    content = {"title": title, "school": told, "date": day, "sheets": list(sheets)}
    return document.render(content, ctx.now())


def _sheets(
    ctx: Context, round_id: UUID, class_name: str, by_family: bool, base_url: str, seen: set[UUID]
) -> list[dict[str, Any]]:
    """The sheets of a class by name; a family that has its sheet already (`seen`) gets no second one."""
    rows = bills.open_of_class(ctx, round_id, class_name)
    families = {row.person_id: [row] for row in rows}
    if by_family:
        wanted = [row.person_id for row in rows if row.person_id not in seen]
        families = {}
        for person in wanted:
            if person not in seen:
                people = baskets.household(ctx, person)
                seen.update(people)
                found = open_bills_of(ctx, people)
                families[person] = [bill for child in people for bill in found.get(child, [])]
    lines = lines_of(ctx, [bill.id for group in families.values() for bill in group])
    return [_sheet(ctx, person, group, lines, by_family, base_url) for person, group in families.items()]


def _sheet(
    ctx: Context,
    person: UUID,
    group: Sequence[BillRow],
    lines: dict[UUID, tuple[ExplainedLine, ...]],
    by_family: bool,
    base_url: str,
) -> dict[str, Any]:
    owed = sum(bill.open for bill in group)
    path = (
        f"/pay/family/{baskets.family_link(ctx, person)}" if by_family else f"/pay/{links.pay_link(ctx, group[0].id)}"
    )
    children = dict.fromkeys((bill.person_id, bill.full_name, bill.class_name) for bill in group)
    return {
        "open": owed,
        "page": qr(base_url + path),
        "transfer": _transfer(ctx, group[0].id) if len(group) == 1 else None,
        "ways": [{"name": _name(offer.name), "fee": offer.fee} for offer in payers.offers(ctx, owed)],
        "children": [
            {
                "name": name,
                "class": f"lớp {class_name}" if class_name else "",
                "bills": [_bill(bill, lines.get(bill.id, ())) for bill in group if bill.person_id == child],
            }
            for child, name, class_name in children
        ],
    }


def _name(name: object) -> str:
    """A channel as Vietnamese families read it."""
    return str(name.render(translator("vi"))) if isinstance(name, Message) else str(name)


def _bill(bill: BillRow, lines: Sequence[ExplainedLine]) -> dict[str, Any]:
    return {
        "title": bill.round_title,
        "reference": bill.reference,
        "due": f"{bill.due_on:%d/%m/%Y}",
        "paid": bill.paid,
        "open": bill.open,
        "lines": [
            {
                "label": line.label_vi,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "reduction": line.reduction,
                "amount": line.amount,
                "basis": line.legal_basis,
            }
            for line in lines
        ],
    }


def _transfer(ctx: Context, bill_id: UUID) -> dict[str, str] | None:
    """The transfer under the bill's own reference: nothing has to be begun for it."""
    found = charges.get(ctx, charges_of(ctx, [bill_id]))
    order: Transfer | None = payers.transfer_code(ctx, found[0]) if found else None
    if order is None:
        return None
    return {
        "qr": qr(order.qr_payload),
        "bank": order.bank_name,
        "account": order.account_number,
        "holder": order.account_name,
        "memo": order.memo,
    }


def prints(ctx: Context, round_id: UUID) -> list[PrintRow]:
    """The documents of a round, the newest first."""
    ctx.require("finance.round.publish")
    columns = (NoticePrint.id, NoticePrint.class_name, NoticePrint.by_family, NoticePrint.sheets, NoticePrint.made_by,
               NoticePrint.made_at)  # fmt: skip
    query = select(*columns).where(NoticePrint.school_id == ctx.school_id, NoticePrint.round_id == round_id)
    return [PrintRow(*row) for row in ctx.session.execute(query.order_by(NoticePrint.made_at.desc()).limit(20))]


def open_print(ctx: Context, print_id: UUID) -> tuple[UUID, int]:
    """The file of a document, and how many sheets it has.

    Raises:
        NotFound: no such document at this school.
    """
    ctx.require("finance.round.publish")
    query = select(NoticePrint.file_id, NoticePrint.sheets).where(NoticePrint.id == print_id)
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound()
    return found.file_id, found.sheets
