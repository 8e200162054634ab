"""A child's name on pages that anybody with the link can open: initials only."""

from __future__ import annotations


def initials(full_name: str) -> str:
    """`Nguyễn Thị Thanh Hân` is `N.T.T.H.`"""
    return "".join(f"{word[0].upper()}." for word in full_name.split())
