"""What all who sign in do."""

from __future__ import annotations

from ..watching import Visit


def sign_in(visit: Visit, web: str, login: str, password: str) -> None:
    """With mouse and keyboard, as most do."""
    visit.page.goto(f"{web}/sign-in")
    visit.field("E-mail, phone or account name").fill(login)
    visit.field("Password").fill(password)
    visit.choose("Sign in")
    visit.page.wait_for_url(f"{web}/")


def sign_in_by_keys(visit: Visit, web: str, login: str, password: str) -> None:
    """Without a mouse: the first field has the focus, Tab goes on, Enter sends."""
    visit.page.goto(f"{web}/sign-in")
    # The focus comes with the first frame that is drawn, on a slow machine after `load`.
    visit.page.wait_for_function("document.activeElement?.name === 'login'")
    visit.page.keyboard.type(login)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.type(password)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{web}/")
