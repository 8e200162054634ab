"""Recompute everything that is kept and compare: the nightly job, `truong doctor` and the tests call this."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from core.data.context import Context


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree with the postings or the evidence. `check` names the rule that is broken."""

    check: str
    subject: str
    kept: int | str | None
    computed: int | str | None


_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "an entry sums to zero (I1)",
        """
SELECT e.source AS subject, 0 AS kept, coalesce(sum(p.amount), 0) AS computed
  FROM core_journal_entry e LEFT JOIN core_posting p ON p.entry_id = e.id WHERE e.school_id = :school
 GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> 0 OR count(p.id) < 2
""",
    ),
    (
        "a running total is the sum of its postings",
        """
WITH kept AS (SELECT account, person_id, sum(amount) AS amount FROM core_ledger_balance
               WHERE school_id = :school GROUP BY account, person_id),
     made AS (SELECT account, coalesce(person_id, '00000000-0000-0000-0000-000000000000') AS person_id,
                     sum(amount) AS amount FROM core_posting WHERE school_id = :school GROUP BY 1, 2)
SELECT account || ' ' || person_id AS subject, kept.amount AS kept, made.amount AS computed
  FROM kept FULL JOIN made USING (account, person_id)
 WHERE coalesce(kept.amount, 0) <> coalesce(made.amount, 0)
""",
    ),
    (
        "a charge owes what its postings say (I7)",
        """
WITH made AS (SELECT charge_id, sum(amount) AS amount FROM core_posting
               WHERE school_id = :school AND charge_id IS NOT NULL GROUP BY charge_id)
SELECT c.id::text AS subject, CASE c.state WHEN 'cancelled' THEN 0 ELSE c.due - c.allocated END AS kept,
       coalesce(made.amount, 0) AS computed
  FROM core_charge c LEFT JOIN made ON made.charge_id = c.id
 WHERE c.school_id = :school
   AND CASE c.state WHEN 'cancelled' THEN 0 ELSE c.due - c.allocated END <> coalesce(made.amount, 0)
""",
    ),
    (
        "nobody has unused money and an open charge at once",
        """
SELECT DISTINCT b.person_id::text AS subject, -b.amount AS kept, 0 AS computed
  FROM core_ledger_balance b JOIN core_charge c ON c.school_id = b.school_id AND c.person_id = b.person_id
 WHERE b.school_id = :school AND b.account = 'student_balance' AND b.amount < 0 AND c.state = 'open'
""",
    ),
    (
        "clearing is paid evidence less refunds, reversals and settlements (I2)",
        """
WITH evidence AS (
  SELECT c.account, sum(CASE WHEN e.kind IN ('paid', 'credit') THEN e.amount ELSE -e.amount END) AS amount
    FROM core_evidence e JOIN core_payment_channel c ON c.id = e.channel_id
    JOIN core_journal_entry j ON j.evidence_id = e.id AND j.reverses_id IS NULL AND j.kind = 'evidence.' || e.kind
   WHERE e.school_id = :school AND e.kind IN ('paid', 'credit', 'debit', 'refunded', 'charged_back')
   GROUP BY c.account),
books AS (
  SELECT p.account, sum(p.amount) AS amount FROM core_posting p JOIN core_journal_entry j ON j.id = p.entry_id
   WHERE p.school_id = :school AND (p.account LIKE 'clearing:%' OR p.account LIKE 'bank:%')
     AND j.kind NOT IN ('settlement', 'refund.undone', 'payout') GROUP BY p.account)
SELECT account AS subject, books.amount AS kept, evidence.amount AS computed
  FROM evidence FULL JOIN books USING (account)
 WHERE coalesce(books.amount, 0) <> coalesce(evidence.amount, 0)
""",
    ),
    (
        "every piece of money evidence is booked, or its reversal came first",
        """
SELECT e.rail || ' ' || e.kind || ' ' || e.provider_txn AS subject, 0 AS kept, e.amount AS computed
  FROM core_evidence e
 WHERE e.school_id = :school AND e.kind IN ('paid', 'credit')
   AND NOT EXISTS (SELECT FROM core_journal_entry j WHERE j.evidence_id = e.id)
   AND e.reverses IS NULL
""",
    ),
    (
        "a charge's reference is registered for it (I10)",
        """
SELECT c.id::text AS subject, c.reference AS kept, r.target_id::text AS computed
  FROM core_charge c LEFT JOIN core_payment_reference r ON r.reference = c.reference
 WHERE c.school_id = :school AND (r.target_id IS NULL OR r.target_id <> c.id OR r.school_id <> c.school_id)
""",
    ),
    (
        "an attempt mirrors its evidence",
        """
SELECT a.id::text AS subject, a.captured AS kept, coalesce(sum(e.amount), 0) AS computed
  FROM core_payment_attempt a LEFT JOIN core_evidence e ON e.attempt_id = a.id AND e.kind IN ('paid', 'credit')
   AND e.reverses IS NULL AND NOT EXISTS (SELECT FROM core_evidence d WHERE d.school_id = e.school_id AND
   d.rail = e.rail
                   AND d.kind = 'debit' AND d.reverses = e.provider_txn)
 WHERE a.school_id = :school GROUP BY a.id HAVING a.captured <> coalesce(sum(e.amount), 0)
""",
    ),
    (
        "refunds stay below what was captured (I8)",
        """
SELECT a.id::text AS subject, a.captured AS kept, sum(r.amount) AS computed
  FROM core_payment_attempt a JOIN core_refund r ON r.attempt_id = a.id AND r.state IN ('sent', 'unknown', 'done')
 WHERE a.school_id = :school GROUP BY a.id HAVING sum(r.amount) > a.captured
""",
    ),
)


def verify(ctx: Context) -> list[Difference]:
    """Every disagreement in the books of the school; empty when all is well."""
    found: list[Difference] = []
    for name, sql in _CHECKS:
        rows = ctx.session.execute(text(sql), {"school": ctx.school_id})
        found += [Difference(name, row.subject, row.kept, row.computed) for row in rows]
    return found
