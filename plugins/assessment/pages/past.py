"""What happened to a book: who changed what, and the versions as they were locked."""

from __future__ import annotations

from uuid import UUID

from flask import request

from core.sdk import Context
from core.sdk.web import page, render, translate
from plugins.learners import public as learners

from ..access import READ
from ..grid.slots import Slot
from ..services import locking, trail
from .blueprint import blueprint, cell_text, opened


@blueprint.get("/<what>/<uuid:of>/<int:term>/history")
@page(READ)
def history(ctx: Context, what: str, of: UUID, term: int) -> str:
    """Who changed what: of the book, a pupil, a cell."""
    found = opened(ctx, what, of, term)
    learner, slot = request.args.get("learner", default=None, type=UUID), request.args.get("slot", "")[:31]
    names = {member.id: member.full_name for member in learners.class_list(ctx, found.klass.id)}
    lines = [
        {
            "when": line.at,
            "who": line.who,
            "name": names.get(line.learner_id, "–"),
            "slot": _slot_name(found.layout.slot(line.slot)),
            "old": cell_text(line.old, found.layout.slot(line.slot)) or "–",
            "new": cell_text(line.new, found.layout.slot(line.slot)) or "–",
            "door": line.door,
            "reason": line.reason,
        }
        for line in trail.changes(ctx, found, learner_id=learner, slot=slot)
    ]
    one = found.layout.slot(slot) if slot else None
    template = "history_part" if request.args.get("part") else "history"
    return render(
        f"assessment/{template}.html", book=found, lines=lines, name=names.get(learner) if learner else None,
        slot=_slot_name(one) if one else "",
    )  # fmt: skip


def _slot_name(slot: Slot | None) -> str:
    if slot is None:
        return "–"
    label = translate(slot.label)
    return f"{translate(slot.group)}: {label}" if slot.group and slot.kind != "tx" else label


@blueprint.get("/<what>/<uuid:of>/<int:term>/versions/<int:version>")
@page(READ)
def version(ctx: Context, what: str, of: UUID, term: int, version: int) -> str:
    """A version as it was locked."""
    found = opened(ctx, what, of, term)
    marks = locking.version_marks(ctx, found.id, version)
    line = next(one for one in locking.versions(ctx, found.id) if one.version == version)
    pupils = learners.class_list(ctx, found.klass.id)
    return render("assessment/version.html", book=found, marks=marks, line=line, pupils=pupils)
