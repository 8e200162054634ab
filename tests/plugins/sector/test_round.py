"""From 1,185 pupils of a real list to the sector's database and back: checked, sent, answered, mended, sent again."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from sqlalchemy import func, select, text

from core.data.session import Database
from core.sdk import Actor, Context
from plugins.learners.models import Identifier, Learner
from plugins.sector.models import AnswerFile, Known, Line
from plugins.sector.services import answering, batches, desk
from plugins.sector.services.checking import get_batch

from .conftest import Sector, content_of, send, take

KNOWN = "SELECT md5(string_agg(k::text, '' ORDER BY key)) FROM sector_known k"


def _codes(ctx: Context) -> dict[UUID, str]:
    now = Identifier.scheme == "sector", Identifier.valid_to.is_(None)
    held = ctx.session.scalars(select(Identifier).where(*now))
    return {one.learner_id: one.value for one in held}


def test_there_and_back_again(db: Database, system: Actor, thcs: UUID, sector: Sector) -> None:
    with db.context(system, thcs) as ctx:
        pupils = ctx.session.scalar(select(func.count()).select_from(Learner))
        first = send(ctx)
        assert sum(first.counts.values()) == pupils
        faults = ("--shuffled", "--loud", "--numbers", "--stranger", "--refuse", "25")
        said = sector.answer(content_of(ctx, first.id), *faults)
        first = take(ctx, first, said)
        assert first.outcome == "PARTIAL" and "in_file" not in first.counts
        codes = _codes(ctx)
        assert len(codes) == first.counts["accepted"] == len(set(codes.values()))
        summary = answering.answers(ctx, first.id)[0].summary
        assert [problem["why"] for problem in summary["problems"]] == ["unknown"], "the stranger"
        refused = desk.counts(ctx)["profiles"]
        assert refused == first.counts["refused"] > 20
        assert {one.message for one in desk.refusals(ctx, limit=200)} >= {"Học sinh đang có hồ sơ ở trường khác"}
    with db.context(system, thcs) as ctx:
        # The same answer again, and the same content in another file: nothing changes.
        before = ctx.session.execute(text(KNOWN)).scalar()
        take(ctx, get_batch(ctx, first.id), said)
        again = sector.answer(content_of(ctx, first.id))
        assert again != said
        take(ctx, get_batch(ctx, first.id), said, "another.xlsx")
        after = ctx.session.execute(text(KNOWN)).scalar()
        assert after == before and ctx.session.scalar(select(func.count()).select_from(AnswerFile)) == 1
        assert _codes(ctx) == codes
    with db.context(system, thcs) as ctx:
        # A changed record and the refused ones go again, nothing else does.
        some = ctx.session.scalars(select(Known.learner_id).where(Known.state == "accepted").limit(3)).all()
        ctx.session.execute(text("UPDATE core_person SET full_name = full_name || ' Mới' WHERE id = ANY(:ids)"),
                            {"ids": list(some)})  # fmt: skip
        second = send(ctx)
        assert second.counts["in_file"] == refused + 3
        assert second.counts["same"] == first.counts["accepted"] - 3
        sent = select(Line.known).where(Line.batch_id == second.id, Line.state == "in_file")
        events = Counter(ctx.session.scalars(sent))
        assert events == {True: 3, False: refused}
        # While it waits, a third batch sends nothing twice.
        third = batches.make_batch(ctx, "profiles")
        assert "ready" not in get_batch(ctx, third).counts
        second = take(ctx, second, sector.answer(content_of(ctx, second.id)))
        assert second.outcome in ("SUCCESS", "PARTIAL")
        left = desk.counts(ctx).get("profiles", 0)
        assert left == second.counts.get("refused", 0) < refused
        assert _codes(ctx).items() >= codes.items(), "codes never change"
