from __future__ import annotations

from core.data.letters import LETTERS, missing


def test_every_letter_of_vietnamese_is_in_the_fonts_of_documents() -> None:
    assert len(set(LETTERS)) == 146
    assert missing() == ""
