"""The second knowledge beside a family code. Pure.

A code is on paper that a child carries home. Whoever finds it knows neither the parents' telephone number nor, as a
rule, the date of birth.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from core.data.fold import fold

Question = Literal["phone", "birth", ""]
"""What a guardian is asked; nothing where the school knows neither: then the office has to help."""
DIGITS = 4
_DAY = re.compile(r"\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4})\s*")


def question_for(preferred: str, phones: Sequence[str], born: date | None) -> Question:
    """What is asked: the school's choice where it knows the answer, else the other."""
    known: list[Question] = []
    if any(len(phone) > DIGITS for phone in phones):
        known.append("phone")
    if born is not None:
        known.append("birth")
    for question in known:
        if question == preferred:
            return question
    return known[0] if known else ""


def is_right(question: Question, answer: str, phones: Sequence[str], born: date | None) -> bool:
    """Whether the answer is what the school knows; nothing is right where nothing is asked."""
    if question == "phone":
        typed = re.sub(r"\D", "", answer)
        return len(typed) >= DIGITS and any(hmac.compare_digest(typed[-DIGITS:], phone[-DIGITS:]) for phone in phones)
    if question == "birth":
        return born is not None and day_of(answer) == born
    return False


def day_of(text: str) -> date | None:
    """A date as people write it (5/9/2014) or as forms send it (2014-09-05)."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def initials(full_name: str) -> str:
    """`Nguyễn Văn An` as `N.V.A.`: enough to know one's own child again."""
    return "".join(f"{word[0].upper()}." for word in full_name.split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike but for accents and capitals."""
    return fold(one) == fold(other)
