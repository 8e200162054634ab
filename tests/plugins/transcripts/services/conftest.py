"""A class of four whose year is complete, with everybody who has to sign and their certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.access import scopes
from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.kernel.registry import Registry
from core.sdk import Actor, Context
from core.sdk import signing as ports
from core.sdk.people import create_person
from core.sdk.school import current_year
from core.settings import services as settings
from plugins.attendance.services.typed import type_totals
from plugins.curriculum.services import courses
from plugins.transcripts.access import PERMISSIONS
from plugins.transcripts.services import accounts, leaders, signers
from tests.plugins.assessment.conftest import Stage, fill
from tests.plugins.assessment.test_results import _mark, terms
from tests.plugins.transcripts import pki

from .provider import MemoryProvider

ALL = frozenset(one.name for one in PERMISSIONS) | {"curriculum.plan.read", "curriculum.teaching.edit"}


@pytest.fixture(autouse=True)
def _program(registry: Registry, var: Path) -> Iterator[None]:
    """What a program binds at start."""
    settings.bind(registry)
    scopes.bind(registry)
    files.bind(LocalStore(var / "files"))
    yield
    ports.bind(registry.signing_providers())


@dataclass(frozen=True)
class Desk:
    """7A1 of Hoa Phượng at the end of the year: `an` leads it and teaches all but literature, which is `binh`'s."""

    db: Database
    stage: Stage
    provider: MemoryProvider
    head: UUID

    @property
    def school(self) -> UUID:
        return self.stage.school

    def person(self, person_id: UUID | None, *permissions: str) -> Actor:
        """Somebody with rights; teachers and the head sign in as themselves."""
        account = person_id or UUID(int=7)
        granted = frozenset(permissions) or frozenset({"transcripts.record.sign"})
        return Actor("account", "Người ký", account_id=account, person_id=person_id, permissions=granted)

    @property
    def office(self) -> Actor:
        return self.person(None, *ALL)

    def at(self, actor: Actor) -> AbstractContextManager[Context]:
        """A transaction of somebody."""
        return self.db.context(actor, self.school)


def complete(ctx: Context, stage: Stage) -> None:
    """Everything that a record needs: marks of both terms locked, comments, absences, personal IDs."""
    starts = current_year(ctx).starts_on
    for line in courses.courses(ctx, class_id=stage.klass):
        if line.code != "nguvan":
            courses.assign(ctx, line.id, stage.an, starts_on=starts)
    terms(ctx, stage.school)
    for term in (1, 2):
        _mark(ctx, stage, term, {})
        type_totals(ctx, stage.klass, term, dict.fromkeys(stage.pupils, (1, 0)))
    values = {"school": stage.school, "pupils": stage.pupils}
    for statement in (
        "UPDATE assessment_gradebook SET state = 'approved' WHERE school_id = :school",
        "INSERT INTO assessment_mark (school_id, gradebook_id, learner_id, slot, state, text)"
        " SELECT b.school_id, b.id, p, 'nx', 1, 'Em chăm ngoan, học đều các môn.' FROM assessment_gradebook b,"
        " unnest(CAST(:pupils AS uuid[])) p WHERE b.school_id = :school AND b.course_id IS NULL AND b.term = 2",
        "UPDATE learners_learner l SET personal_id = lpad((201400000000 + n)::text, 12, '0'), code = 'HS' || n,"
        " ethnic = '01', nationality = 'VN', birth_province = '01', address_detail = '12 phố Huế',"
        " address_province = '01' FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM learners_learner) r"
        " WHERE r.id = l.id AND l.school_id = :school",
    ):
        ctx.session.execute(text(statement), values)


@pytest.fixture
def desk(db: Database, school: UUID, system: Actor) -> Desk:
    """The class before anything is made."""
    with db.context(system, school) as ctx:
        stage = fill(ctx, school)
        complete(ctx, stage)
        head = create_person(ctx, "Phạm Thị Hiền")
        leaders.name_leader(ctx, head, "principal", current_year(ctx).starts_on)
    names = {stage.an: "Nguyễn Văn An", stage.binh: "Lê Thị Bình", head: "PHẠM THỊ HIỀN"}
    holders = {name: pki.signer(name, f"00118800000{n}", kind="p256") for n, name in enumerate(names.values(), 1)} | {
        "seal": pki.organisation("Trường THCS Hoa Phượng", kind="p256")
    }
    provider = MemoryProvider(holders=holders)
    ports.bind({"memory": provider})
    with db.context(system, school) as ctx:
        account = accounts.configure(ctx, "memory", "Thử", {})
        for person, name in [*names.items(), (None, "seal")]:
            found = signers.listing(ctx, account, name)()
            assert isinstance(found, tuple)
            signers.register(ctx, person, account, name, found[0])
    return Desk(db, stage, provider, head)
