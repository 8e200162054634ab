"""The moment everybody has signed: the whole file is kept, and it takes the place of the version before."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select, update

from core.sdk import Context
from core.sdk.data import query
from core.sdk.events import emit
from core.sdk.files import store

from ..events import REPLACED, SEALED
from ..models import YearRecord
from ..rules.slots import Place, Role
from ..rules.states import IN_FORCE, Event, State
from ..xades.evidence import add
from .blocks import MEDIA_TYPE, assembled
from .records import Moved, Version, frozen_bytes, keep_moves, versions

PURPOSE = "transcripts.sealed"
_SEAL = Place(Role.SEAL)
_CHAINS = """
SELECT DISTINCT s.record_id, g.chain
FROM transcripts_slot s JOIN transcripts_signer g ON g.school_id = s.school_id AND g.id = s.signer_id
WHERE s.school_id = :school AND s.record_id = ANY(:ids)
"""
_SEALED = (
    update(YearRecord)
    .where(YearRecord.school_id == bindparam("b_school"), YearRecord.id == bindparam("b_id"))
    .values(
        sealed_file_id=bindparam("b_file"), sealed_sha256=bindparam("b_sha256"), sealed_at=bindparam("b_now")
    )
)  # fmt: skip


def seal(ctx: Context, complete: Sequence[Version]) -> None:
    """Keep the files of versions of which every place is signed now, in the transaction of the last signature.

    Raises:
        Invalid: a file that is larger than documents may be.
    """
    if not complete:
        return
    rows: list[dict[str, object]] = []
    issuers = _issuers(ctx, [version.id for version in complete])
    for version in complete:
        signatures = version.signatures
        signatures[_SEAL] = add(signatures[_SEAL], certificates=issuers.get(version.id, ()))
        content = assembled(frozen_bytes(ctx, version), signatures)
        name = f"hoc-ba-{version.class_name}-{version.id}.xml"
        kept = store(ctx, content, name=name, media_type=MEDIA_TYPE, purpose=PURPOSE)
        digest = hashlib.sha256(content).hexdigest()
        rows.append(
            {"b_school": ctx.school_id, "b_id": version.id, "b_file": kept.id, "b_sha256": digest, "b_now": ctx.now()}
        )
        emit(ctx, SEALED, {"record_id": str(version.id), "learner_id": str(version.learner_id), "sha256": digest})
    ctx.session.connection().execute(_SEALED, rows)


def _issuers(ctx: Context, record_ids: Collection[UUID]) -> dict[UUID, tuple[bytes, ...]]:
    """The certificates above those that have signed, by record: whoever checks the file later needs them, and the seal
    is the last place where they can stand without changing what others signed."""
    found: dict[UUID, dict[str, None]] = {}
    for record_id, chain in query(ctx, _CHAINS, {"school": ctx.school_id, "ids": list(record_ids)}):
        found.setdefault(record_id, {}).update(dict.fromkeys(chain))
    return {id: tuple(b64decode(one) for one in chain) for id, chain in found.items()}


def replace_before(ctx: Context, complete: Collection[UUID]) -> None:
    """End the versions that these stand for, just before these come into force.

    In the same transaction: at no moment do two count, or none where one did. The old ones go first, because the
    database looks at each statement whether only one is in force.
    """
    wanted = select(YearRecord.replaces_id).where(
        YearRecord.school_id == ctx.school_id, YearRecord.id.in_(complete), YearRecord.replaces_id.is_not(None)
    )
    before = [id for id in ctx.session.scalars(wanted) if id is not None]
    old = [one for one in versions(ctx, before, lock=True) if one.state in IN_FORCE]
    keep_moves(ctx, [Moved(one.id, Event.REPLACE, one.state, State.REPLACED) for one in old])
    for one in old:
        emit(ctx, REPLACED, {"record_id": str(one.id), "learner_id": str(one.learner_id)})
