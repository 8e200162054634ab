"""The pupils of `learners-thcs.xlsx` at a school, the sector's simulator, and how a batch goes there and back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from core import settings
from core.data.session import Database
from core.files import service as store
from core.files.stores import LocalStore
from core.kernel.registry import Registry
from core.sdk import Actor, Context
from core.sdk.files import open as open_file
from plugins.curriculum.services import plan
from plugins.learners.services.classes import create_class
from plugins.learners.services.confirming import confirm_import
from plugins.learners.services.planning import start_import
from plugins.sector.models import Batch
from plugins.sector.services import answering, batches, writing
from plugins.sector.services.checking import get_batch
from tests.plugins.finance.conftest import add_pupils

NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Chi", "=HYPERLINK(1)")


@pytest.fixture(autouse=True)
def _bound(var: Path, registry: Registry) -> None:
    """What a program binds at start: the store of documents, and the settings of all modules."""
    store.bind(LocalStore(var / "files"))
    settings.bind(registry)


def import_pupils(ctx: Context, shared: Path) -> None:
    """The list of the lower-secondary school, taken over with its classes."""
    name = "learners-thcs.xlsx"
    confirm_import(ctx, start_import(ctx, name, (shared / "data" / name).read_bytes()))


@dataclass
class Sector:
    """The sector's side: a program of its own that remembers what it was told."""

    folder: Path
    rounds: int = 0
    seen: list[str] = field(default_factory=list)

    def answer(self, content: bytes, *faults: str) -> bytes:
        """What it says to a file."""
        self.rounds += 1
        batch, said = self.folder / f"{self.rounds}.xlsx", self.folder / f"{self.rounds}-answer.xlsx"
        batch.write_bytes(content)
        memory = self.folder / "memory.json"
        program = [sys.executable, "-m", "plugins.sector.testing.simulator", str(batch), str(said)]
        subprocess.run([*program, "--memory", str(memory), *faults], check=True, timeout=60)
        return said.read_bytes()


@pytest.fixture
def sector(tmp_path: Path) -> Sector:
    return Sector(tmp_path)


@pytest.fixture
def thcs(db: Database, system: Actor, school: UUID, shared: Path) -> UUID:
    """The school with its 1,185 pupils in classes."""
    with db.context(system, school) as ctx:
        import_pupils(ctx, shared)
    return school


@pytest.fixture
def small(db: Database, system: Actor, school: UUID) -> UUID:
    """A class of four pupils with full records, the last with a name that looks like a formula."""
    with db.context(system, school) as ctx:
        first = create_class(ctx, "6A1")
        ids = add_pupils(ctx, [(f"HS{n}", name, first) for n, name in enumerate(NAMES)])
        for n, id in enumerate(ids):
            driver = ctx.session.connection()
            driver.exec_driver_sql(
                "UPDATE learners_learner SET birth = '2015-03-02', ethnic = '01', nationality = 'VN',"
                " personal_id = %s WHERE id = %s", (f"0012150000{n:02d}", id),
            )  # fmt: skip
            driver.exec_driver_sql("UPDATE core_person SET sex = 1 WHERE id = %s", (id,))
        plan.take_over(ctx)
    return school


def content_of(ctx: Context, batch_id: UUID) -> bytes:
    """The file of a batch."""
    found = get_batch(ctx, batch_id)
    assert found.file_id is not None
    with open_file(ctx, found.file_id) as stream:
        return stream.read()


def send(ctx: Context, kind: str = "profiles", **scope: object) -> Batch:
    """A batch, what cannot be sent left out, written and handed over."""
    batch_id = batches.make_batch(ctx, kind, **scope)  # type: ignore[arg-type]
    if get_batch(ctx, batch_id).counts.get("error"):
        batches.leave_out(ctx, batch_id, None)
    writing.ask_file(ctx, batch_id)
    batches.hand_over(ctx, batch_id, "thử")
    return get_batch(ctx, batch_id)


def take(ctx: Context, batch: Batch, answer: bytes, name: str = "ket-qua.xlsx") -> Batch:
    """The batch after its answer was read."""
    answering.read_answer(ctx, batch.id, name, answer)
    return get_batch(ctx, batch.id)
