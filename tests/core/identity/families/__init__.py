"""Families join by codes on paper."""
