"""The log in the database: batches over schools, evidence that holds offline, and nothing that can be changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.kernel.registry import Registry
from core.sdk import Actor, Outside
from core.sdk.data import new_id
from core.sdk.errors import NotFound
from core.sdk.files import store
from core.sdk.outbound import HttpClient
from core.sdk.people import create_person
from core.sdk.school import current_year
from core.sdk.signing import NoAnswer
from core.sdk.text import Message
from core.settings import services as settings
from plugins.transcripts.log import batches, evidence, stamping, tasks
from plugins.transcripts.log.entry import parse
from plugins.transcripts.log.judging import Judged, judge
from plugins.transcripts.log.keeper import signer
from plugins.transcripts.log.note import Verifier, checkpoint
from plugins.transcripts.log.store import Stored, evidence_of, newest
from plugins.transcripts.log.tree import Tree, is_consistent
from plugins.transcripts.models import LogToken, Transcript, YearRecord
from plugins.transcripts.trust import timestamp
from plugins.transcripts.trust.settings import TIMESTAMP_URL
from tests.plugins.transcripts import pki

NOW = pki.NOW
ANCHORS = pki.anchors()


def _unseen(done: int, total: int, note: Message | None = None) -> None:
    """Nobody watches how far it is."""


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class World:
    """Sealed records of schools, made as the workflow leaves them."""

    def __init__(self, db: Database, system: Actor) -> None:
        self.db, self.system, self.made = db, system, dict[str, UUID]()

    def seal(self, school: UUID, name: str, *, before: str = "", minutes: int = 0) -> None:
        """A sealed version; with `before`, of the same transcript and year."""
        with self.db.context(self.system, school, clock=lambda: NOW) as ctx:
            old = ctx.session.get(YearRecord, self.made[before]) if before else None
            learner = old.learner_id if old else create_person(ctx, f"Em {name}")
            kept = store(ctx, name.encode(), name="a.xml", media_type="application/xml", purpose="transcripts.sealed")
            transcript_id = old.transcript_id if old else new_id()
            if old is None:
                begun = Transcript(
                    id=transcript_id, school_id=school, learner_id=learner, stage="primary", begun_at=NOW, begun_by=""
                )
                ctx.session.add(begun)
                ctx.session.flush()
            else:
                old.state, old.ended_at = "replaced", NOW + timedelta(minutes=minutes)
                ctx.session.flush()
            self.made[name] = new_id()
            ctx.session.add(
                YearRecord(
                    id=self.made[name], school_id=school, transcript_id=transcript_id,
                    learner_id=learner, year_id=current_year(ctx).id, class_id=new_id(), class_name="5A", grade=5,
                    rule_set="tt27", version=old.version + 1 if old else 1, state="sealed",
                    replaces_id=old.id if old else None, replaces_sha256=old.sealed_sha256 if old else "",
                    decision="", file_id=kept.id, sha256=sha(name), sealed_file_id=kept.id, sealed_sha256=sha(name),
                    shown={}, token=f"token {name}", frozen_at=NOW, frozen_by="",
                    sealed_at=NOW + timedelta(minutes=minutes), ended_at=None,
                )
            )  # fmt: skip

    def revoke(self, school: UUID, name: str) -> None:
        with self.db.context(self.system, school, clock=lambda: NOW) as ctx:
            row = ctx.session.get(YearRecord, self.made[name])
            assert row is not None
            row.state, row.decision, row.ended_at = "revoked", "7/QĐ", NOW + timedelta(hours=1)

    def batch(self) -> int:
        with self.db.all_schools(self.system, clock=lambda: NOW) as ctx:
            said = batches.batch(ctx)
            return said.size if said else 0

    def evidence(self, school: UUID, name: str) -> bytes:
        with self.db.context(self.system, school, clock=lambda: NOW) as ctx:
            return evidence_of(ctx, sha(name))

    def judged(self, school: UUID, name: str) -> Judged:
        return judge(sha(name), self.evidence(school, name), [self.verifier], ANCHORS, NOW + timedelta(days=1))

    @property
    def verifier(self) -> Verifier:
        with self.db.all_schools(self.system) as ctx:
            found = signer(ctx)
            assert found is not None
            return found.verifier


@pytest.fixture
def world(db: Database, system: Actor, var: Path) -> Iterator[World]:
    files.bind(LocalStore(var / "files"))
    yield World(db, system)


def test_a_record_on_its_way_through_the_log(world: World, school: UUID, other_school: UUID) -> None:
    for number in range(3):
        world.seal(school, f"hoa {number}", minutes=number)
        world.seal(other_school, f"canh {number}", minutes=number)
    assert world.batch() == 6
    assert world.batch() == 0, "nothing waits any more"
    assert {one.code for one in world.judged(school, "hoa 1").findings} == {"timestamp_missing"}
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        wanted = stamping.wanted(ctx, NOW)
        assert wanted is not None and wanted.number == 0
        stamping.keep(ctx, wanted, pki.timestamp(wanted.imprint, NOW))
        assert stamping.wanted(ctx, NOW) is None
    found = world.judged(school, "hoa 1")
    assert found.findings == () and found.logged_at == NOW

    world.seal(school, "hoa 1b", before="hoa 1", minutes=9)
    world.revoke(school, "hoa 2")
    assert {one.code for one in world.judged(school, "hoa 1").findings} == {"record_replaced"}, "before the next batch"
    assert {one.code for one in world.judged(school, "hoa 2").findings} == {"record_revoked"}
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        first = newest(ctx)
        assert first is not None
        before = checkpoint(bytes(first.note), world.verifier)
    assert world.batch() == 8
    shown = evidence.read(world.evidence(school, "hoa 1"))
    assert [parse(one.line).act for one in shown.entries] == ["issue", "replace"]
    assert [parse(one.line).decision for one in evidence.read(world.evidence(school, "hoa 2")).entries] == ["", "7/QĐ"]
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        tree = Tree(8, Stored(ctx))
        assert is_consistent(before.size, 8, before.root, tree.root(), tree.consistency(before.size))
        again = stamping.wanted(ctx, NOW)
        assert again is not None and again.size == 8

    with pytest.raises(NotFound):
        world.evidence(other_school, "hoa 1")  # another school's records are nobody's business
    with pytest.raises(NotFound):
        world.evidence(school, "never sealed")


def test_nobody_changes_the_log(world: World, school: UUID, db: Database, system: Actor) -> None:
    world.seal(school, "hoa")
    world.batch()
    for table in _COLUMN:
        column = _COLUMN[table]
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):  # noqa: S608 - constants
            for opened in (db.all_schools(system), db.context(system, school)):
                with pytest.raises(DBAPIError, match=r"permission denied|append-only"), opened as ctx:
                    ctx.session.execute(text(statement))
    with pytest.raises(DBAPIError, match="permission denied"), db.context(system, school) as ctx:
        ctx.session.execute(text("INSERT INTO transcripts_log_node VALUES (0, 99, '')"))


_COLUMN = {
    "transcripts_log_entry": "record",
    "transcripts_log_node": "hash",
    "transcripts_log_checkpoint": "root",
    "transcripts_log_key": "public",
}


def test_old_timestamps_are_renewed_before_they_end(world: World, school: UUID) -> None:
    world.seal(school, "hoa")
    world.batch()
    soon = NOW + timedelta(days=200)
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        wanted = stamping.wanted(ctx, NOW)
        assert wanted is not None
        stamping.keep(ctx, wanted, pki.timestamp(wanted.imprint, NOW, by=pki.tsa("Short TSA", until=soon)))
    with world.db.all_schools(world.system, clock=lambda: soon) as ctx:
        assert stamping.wanted(ctx, NOW) is None
        again = stamping.wanted(ctx, soon - timedelta(days=30))
        assert again is not None and (again.size, again.number) == (1, 1)
        stamping.keep(ctx, again, pki.timestamp(again.imprint, soon - timedelta(days=30)))
        assert ctx.session.scalars(select(LogToken.number)).all() == [0, 1]
    later = judge(sha("hoa"), world.evidence(school, "hoa"), [world.verifier], ANCHORS, soon + timedelta(days=900))
    assert later.logged_at == NOW and {one.code for one in later.findings} == {"status_stale"}


def test_what_is_no_token_is_not_kept(world: World, school: UUID) -> None:
    world.seal(school, "hoa")
    world.batch()
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        wanted = stamping.wanted(ctx, NOW)
        assert wanted is not None
        for wrong in (b"", pki.timestamp(bytes(32)), pki.timestamp(wanted.imprint, by=pki.signer(kind="p256"))):
            with pytest.raises(ValueError, match=r"token|asn1"):
                stamping.keep(ctx, wanted, wrong)


def test_the_job_asks_for_the_timestamp_while_no_transaction_is_open(
    world: World, school: UUID, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.bind(registry)
    job = next(one for one in tasks.TASKS if one.name == tasks.BATCH).handler
    asked = list[str]()

    def fetch(url: str, imprint: bytes, http: HttpClient) -> bytes | NoAnswer:
        asked.append(url)
        return pki.timestamp(imprint, NOW) if len(asked) > 1 else NoAnswer("timed out")

    monkeypatch.setattr(timestamp, "fetch", fetch)
    world.seal(school, "hoa")
    with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
        assert job(ctx, {}, _unseen) is None, "without an authority there is nobody to ask"
        settings.put(ctx, TIMESTAMP_URL, "http://tsa.invalid/")
    for answered in (False, True):
        with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
            step = job(ctx, {}, _unseen)
        assert isinstance(step, Outside)
        answer = step.call()
        with world.db.all_schools(world.system, clock=lambda: NOW) as ctx:
            assert step.then(ctx, answer) is None
            assert (ctx.session.scalar(select(LogToken.size)) == 1) is answered
    assert asked == ["http://tsa.invalid/"] * 2 and world.judged(school, "hoa").findings == ()
