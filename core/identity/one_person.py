"""The same human being at several schools, as far as one account says so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core.data.context import Context

_PLACES = text(
    """
SELECT p.school_id, p.person_id FROM core_account_person me
  JOIN core_account a ON a.id = me.account_id AND a.state = 'active'
  JOIN core_account_person p ON p.account_id = a.id
 WHERE me.person_id = :person
   AND EXISTS (SELECT FROM core_grant g WHERE g.account_id = a.id AND g.school_id = p.school_id
               AND g.valid_from <= :now AND (g.valid_until IS NULL OR g.valid_until > :now))
 ORDER BY p.school_id = me.school_id DESC, p.school_id
"""
)


def places_of(ctx: Context, person_id: UUID) -> list[tuple[UUID, UUID]]:
    """School and person wherever the account of this person has a role today, in a context over all schools.

    The person's own school stands first. Empty for somebody without an active account.
    """
    values = {"person": person_id, "now": ctx.now()}
    return [(school, person) for school, person in ctx.session.execute(_PLACES, values)]
