"""Families join by a code on paper."""
