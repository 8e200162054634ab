"""The audit trail: `audit.record(ctx, "finance.round.published", target=("finance_round", id),
detail={...})`.
"""

from core.audit import HistoryEntry, history, record

__all__ = ["HistoryEntry", "history", "record"]
