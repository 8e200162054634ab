"""Where the core names persons, and what a merge of two records of one person does there.

The books are never rewritten: charges, postings, payments and refunds stay with the record under which they were made,
and a record with open ones is not merged away. Who looked at a record stays written as it was, and is found under the
record that is kept (`core.people.merged`).
"""

from __future__ import annotations

from core.types.contributions import PersonReference

REFERENCES = [
    PersonReference("core_relation", "related_id", same=("person_id", "kind")),
    PersonReference("core_relation", "person_id", same=("related_id", "kind")),
    PersonReference("core_account_person", "person_id", same=("school_id",), refuse_same=True,
                    key=("account_id", "school_id")),
    PersonReference("core_family_code", "child_id"),
    PersonReference("core_family_join", "guardian_id", same=("code_id",)),
    PersonReference("core_message", "person_id", same=("key",)),
    PersonReference("core_charge", "person_id", "stay", open="state = 'open'"),
    PersonReference("core_payment_reference", "person_id", "stay", key=("reference",)),
    PersonReference("core_posting", "person_id", "stay"),
    PersonReference("core_ledger_balance", "person_id", "stay", open="amount <> 0",
                    key=("school_id", "account", "person_id", "shard")),
    PersonReference("core_payment_attempt", "person_id", "stay", open="status = 'created' AND NOT expired"),
    PersonReference("core_refund", "person_id", "stay"),
    PersonReference("core_exception_case", "person_id", "stay", open="state = 'open'"),
    PersonReference("core_person_merged", "kept_id", key=("gone_id",)),
    PersonReference("core_access_visit", "person_id"),
    PersonReference("core_access_log", "person_id", "stay"),
    PersonReference("core_emergency", "person_id"),
    PersonReference("core_export_request", "person_id", "stay"),
]  # fmt: skip
