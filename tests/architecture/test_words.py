"""The Vietnamese of all catalogues agrees with itself: one text a message, one form of address an audience."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "plugins/finance/pages/pay/locale/vi.po",
    "core/identity/families/locale/vi.po",
    # What a service declined is told on the page where the family pays.
    "integrations/momo/locale/vi.po",
    "integrations/zalopay/locale/vi.po",
    "integrations/stripe/locale/vi.po",
    "integrations/portal_payment/locale/vi.po",
}
EVERYBODY = {"core/locale/vi.po", "core/web/locale/vi.po"}
"""Pages of the core: families and staff see them, so they use no pronoun; the offline page is for families."""


def _texts() -> Iterator[tuple[str, str, str]]:
    for room in ("core", "plugins", "integrations"):
        for file in sorted((ROOT / room).rglob("locale/vi.po")):
            with file.open("rb") as stream:
                for message in read_po(stream, locale="vi"):
                    if isinstance(message.id, str) and message.id and message.string:
                        yield file.relative_to(ROOT).as_posix(), message.id, str(message.string)


def test_one_message_has_one_translation() -> None:
    """Catalogues are merged, so the second would silently replace the first everywhere."""
    said: dict[str, dict[str, str]] = {}
    for file, msgid, text in _texts():
        said.setdefault(msgid, {})[text] = file
    assert {msgid: found for msgid, found in said.items() if len(found) > 1} == {}


def test_nobody_is_called_ban() -> None:
    """`bạn` is how apps speak to children; `bạn` as in `bạn học` would be another word."""
    assert [(file, text) for file, _msgid, text in _texts() if re.search(r"\b[Bb]ạn\b", text)] == []


def test_each_audience_has_its_form_of_address() -> None:
    wrong = []
    for file, msgid, text in _texts():
        staff, family = re.search(r"thầy,? ?/?cô", text, re.I), re.search(r"anh[ /,]+chị(?! em\b)", text, re.I)
        if staff and file in FAMILIES | EVERYBODY:
            wrong.append((file, text))
        if family and file not in FAMILIES and "bank app" not in msgid:  # the offline page
            wrong.append((file, text))
    assert wrong == []
