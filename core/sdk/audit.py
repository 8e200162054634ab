"""The audit trail: `audit.record(ctx, "finance.round.published", target=("finance_round", id),
detail={...})`. Its words come from `provide_audit_actions` and `provide_audit_targets`.
"""

from core.audit import HistoryEntry, history, record
from core.audit.words import actor_label, names_of, uuids

__all__ = ["HistoryEntry", "actor_label", "history", "names_of", "record", "uuids"]
