"""An uploaded list is a document; one from before lists became documents is read where it lies."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from core.data.session import Database
from core.sdk.files import info
from core.types.actor import Actor
from plugins.learners import exchange
from plugins.learners.services import confirming, planning
from plugins.learners.services.documents import kept_list

CSV = "learners-primary.csv"


def test_the_list_is_kept_once_as_a_document(db: Database, school: UUID, system: Actor, shared: Path) -> None:
    content = (shared / "data" / CSV).read_bytes()
    with db.context(system, school) as ctx:
        first = planning.start_import(ctx, CSV, content)
        again = planning.start_import(ctx, CSV, content)
        one, two = planning.get_import(ctx, first), planning.get_import(ctx, again)
        assert one.file_id is not None
        assert one.file_id == two.file_id
        kept = info(ctx, one.file_id)
        assert (kept.name, kept.purpose, kept.media_type) == (CSV, "learners.import", "text/csv")
        assert kept_list(ctx, first) == content


def test_an_import_of_before_is_read_from_its_row(db: Database, school: UUID, system: Actor, shared: Path) -> None:
    content = (shared / "data" / CSV).read_bytes()
    with db.context(system, school) as ctx:
        import_id = planning.start_import(ctx, CSV, content)
        ctx.session.execute(text("UPDATE learners_import SET source = :content, file_id = NULL"), {"content": content})
    with db.context(system, school) as ctx:
        assert kept_list(ctx, import_id) == content
        planning.refresh_plan(ctx, import_id)
        stream, name, _kind = exchange.refused_rows(ctx, import_id, lambda text: text)
        assert name == "learners-primary-refused.csv"
        assert stream.read().decode("utf-8-sig").count("\n") > 19
        assert confirming.confirm_import(ctx, import_id).new == 785
