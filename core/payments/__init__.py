"""Payments: attempts, provider inbox, evidence, derived status, double-entry ledger, exception cases."""
