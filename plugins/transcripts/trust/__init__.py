"""Whom and what a check believes: anchors, algorithms, certificate paths, times, revocations."""
