"""Telling people: one statement for many, in the caller's transaction; the rest is the worker's."""

from __future__ import annotations

import json
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.ids import new_id
from core.types.message import Message
from core.work.queue import enqueue

SPREAD = "core.message.spread"

_NEW = "uuidv7(), :school, {whom}, :kind, CAST(:title AS jsonb), CAST(:text AS jsonb), :url, :key, :batch, :now"
_COLUMNS = "id, school_id, person_id, account_id, kind, title, text, url, key, batch, created_at"
_ONCE = "ON CONFLICT (school_id, key, person_id, account_id) WHERE key IS NOT NULL DO NOTHING"
_PERSONS = text(f"""
    INSERT INTO core_message ({_COLUMNS})
    SELECT {_NEW.format(whom="p.id, NULL")} FROM core_person p
     WHERE p.school_id = :school AND p.id = ANY(:ids) AND NOT p.deceased
    {_ONCE}
""")  # noqa: S608  (constants)
_ACCOUNTS = text(f"""
    INSERT INTO core_message ({_COLUMNS})
    SELECT {_NEW.format(whom="NULL, a.id")} FROM core_account a WHERE a.id = ANY(:ids) AND a.state = 'active'
    {_ONCE}
""")  # noqa: S608
# Who is related to a child in two ways, as father and as guardian, is told when neither of them forbids it.
_FAMILIES = text(f"""
    INSERT INTO core_message ({_COLUMNS})
    SELECT {_NEW.format(whom="r.person_id, NULL")}
      FROM (SELECT DISTINCT a.person_id
              FROM (SELECT r.person_id, r.related_id FROM core_relation r JOIN core_person p ON p.id = r.person_id
                     WHERE r.school_id = :school AND r.related_id = ANY(:ids) AND NOT p.deceased
                     GROUP BY r.person_id, r.related_id HAVING bool_and(r.may_access AND r.may_be_told)) a) r
    {_ONCE}
""")  # noqa: S608


def tell_persons(
    ctx: Context, ids: Collection[UUID], kind: str, title: Message, body: Message, *, url: str = "",
    key: str | None = None,
) -> int:  # fmt: skip
    """Write a message to persons of the school.

    Args:
        kind: `<plugin>.<thing>.<what happened>`.
        title: one line; a phone may show it on a locked screen, so no personal data in it.
        body: plain words, said in each reader's language.
        url: the path of ours where more is to be read.
        key: the same message goes to the same person once.

    Returns:
        How many messages were written.
    """
    return _tell(ctx, _PERSONS, ids, kind, title, body, url, key)


def tell_accounts(
    ctx: Context, ids: Collection[UUID], kind: str, title: Message, body: Message, *, url: str = "",
    key: str | None = None,
) -> int:  # fmt: skip
    """The same to accounts, such as those of staff who are no persons of the school."""
    return _tell(ctx, _ACCOUNTS, ids, kind, title, body, url, key)


def tell_families(
    ctx: Context, children: Collection[UUID], kind: str, title: Message, body: Message, *, url: str = "",
    key: str | None = None,
) -> int:  # fmt: skip
    """The same to those who are told about these children; once a family member, however many children.

    Every message about a child goes this way: who has lost access to the child, or is not to be told, gets none.
    """
    return _tell(ctx, _FAMILIES, children, kind, title, body, url, key)


def _tell(
    ctx: Context, statement: object, ids: Collection[UUID], kind: str, title: Message, body: Message, url: str,
    key: str | None,
) -> int:  # fmt: skip
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("a message leads to a page of ours")
    batch = new_id()
    values = {
        "school": ctx.school_id,
        "ids": list(ids),
        "kind": kind,
        "title": json.dumps(title.to_json(), ensure_ascii=False),
        "text": json.dumps(body.to_json(), ensure_ascii=False),
        "url": url,
        "key": key,
        "batch": batch,
        "now": ctx.now(),
    }
    written = ctx.session.connection().execute(statement, values).rowcount  # type: ignore[call-overload]
    if written:
        enqueue(ctx, SPREAD, {"batch": str(batch)})
    return int(written)
