"""Which tables belong to a school, in the order in which their rows can be written, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import Connection, text

STAYS: Mapping[str, str] = {
    "core_session": "sessions end with the move",
    "core_job": "work is done before the move",
    "core_idempotency_key": "answers of a few hours to calls at the old address",
    "core_access_visit": "purposes that were stated for half an hour",
    "core_oauth_client": "programs of vendors are registered where they are used; their secrets do not travel",
    "core_webhook_endpoint": "addresses of other systems are set up anew; their secrets do not travel",
    "core_webhook_message": "belongs to the addresses",
    "core_webhook_try": "belongs to the addresses",
    "core_family_code": "codes on paper name the old address",
    "core_family_join": "families who were about to join",
    "core_ledger_balance": "made anew from the postings, and compared",
    "core_audit_pending": "is linked into the chain before",
    "core_placement": "the tree of authorities is another one there",
    "core_grant": "roles go with the invitations",
    "core_account_person": "goes with the invitations",
    "core_external_identity": "is linked anew by each person",
    "core_message": "was sent already",
    "core_message_choice": "is made by each account anew",
    "core_message_delivery": "belongs to the messages",
}
"""Tables of a school that are not carried over, and why."""

_OWN_KEY = {"core_school": "id", "core_audit_head": "chain"}
_COLUMNS = text("""
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
           array_agg(a.attname::text ORDER BY a.attnum) FILTER (
               WHERE a.attidentity <> '' OR a.atttypid = 'xid8'::regtype) AS counters
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = ''
    GROUP BY 1 ORDER BY 1
""")
# Foreign keys, and references that are checked once a statement (`core.data.references`): the trigger on the parent is
# called like the one on the child.
_EDGES = text("""
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    UNION
    SELECT there.tgrelid::regclass::text, gone.tgrelid::regclass::text
    FROM pg_trigger there JOIN pg_trigger gone ON gone.tgname = regexp_replace(there.tgname, '_there$', '_gone')
    WHERE there.tgname LIKE '%\\_there' AND NOT there.tgisinternal
""")

_BY_TRIGGER: Mapping[str, frozenset[str]] = {
    "core_charge": frozenset({"core_person"}),
    "core_evidence": frozenset({"core_payment_attempt", "core_payment_channel", "core_provider_inbox"}),
    "core_journal_entry": frozenset({"core_accounting_period", "core_evidence"}),
    "core_posting": frozenset({"core_person", "core_charge", "core_journal_entry"}),
    "finance_bill": frozenset({"finance_round"}),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of which the rows of a school travel."""

    name: str
    key: str
    """The column that names the school."""
    columns: tuple[str, ...]
    """Those that are carried: what the database counts or computes itself is made anew."""


def tables(connection: Connection) -> list[Table]:
    """Tables in an order in which each comes after those that its rows name.

    Raises:
        RuntimeError: when tables name each other in a circle, so that there is no such order.
    """
    found: dict[str, Table] = {}
    for row in connection.execute(_COLUMNS):
        key = "school_id" if "school_id" in row.columns else _OWN_KEY.get(row.name)
        if key is not None and row.name not in STAYS:
            found[row.name] = Table(row.name, key, tuple(c for c in row.columns if c not in (row.counters or ())))
    graph: dict[str, set[str]] = {name: set() for name in found}
    for edge in connection.execute(_EDGES):
        if edge.child in graph and edge.parent in graph and edge.child != edge.parent:
            graph[edge.child].add(edge.parent)
    # What no catalogue tells: triggers look for these when a row comes; the books come in one (`arrival.BOOKS`).
    for child, parents in _BY_TRIGGER.items():
        if child in graph:
            graph[child] |= parents & graph.keys()
    graph["core_journal_entry"] |= graph["core_posting"] - {"core_journal_entry"}
    try:
        ordered = TopologicalSorter({name: sorted(above) for name, above in sorted(graph.items())}).static_order()
        return [found[name] for name in ordered]
    except CycleError as error:
        raise RuntimeError(f"tables name each other in a circle: {error.args[1]}") from error


def leavings(connection: Connection) -> set[str]:
    """Tables with a school that are neither carried nor named in `STAYS`: none, or the plan has a hole."""
    of_schools = {row.name for row in connection.execute(_COLUMNS) if "school_id" in row.columns}
    return of_schools - {table.name for table in tables(connection)} - STAYS.keys()
