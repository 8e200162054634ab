"""Rule 1, first half: a memo as the matching sees it, without accents, in capitals, letters and digits only.

Banks prefix, cut, upper-case and strip memos; people type references with blanks, points and hyphens. So
references are searched in the *squeezed* memo (letters and digits only), names in its *words*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Self

from core.data.fold import fold

_WORD = re.compile(r"[A-Z0-9]+")
_CONFUSED = str.maketrans({"O": "0", "I": "1"})


def squeeze(text: str) -> str:
    """Letters and digits only: `Trg-8OE6 c34u` is TRG8OE6C34U.

    >>> squeeze("Phụ huynh em Kiều")
    'PHUHUYNHEMKIEU'
    """
    if text.isascii() and text.isalnum():  # most numbers of banks
        return text.upper()
    return "".join(words_of(text))


def words_of(text: str) -> list[str]:
    """Runs of letters and digits, without accents and in capitals."""
    return _WORD.findall((text if text.isascii() else fold(text)).upper())


def unconfuse(squeezed: str) -> str:
    """The same text with O as 0 and I as 1, so that confused spellings become equal."""
    return squeezed.translate(_CONFUSED)


@dataclass(frozen=True)
class Memo:
    """A text prepared once for all rules."""

    words: tuple[str, ...]
    squeezed: str

    @classmethod
    def of(cls, text: str) -> Self:
        words = tuple(words_of(text))
        return cls(words, "".join(words))

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where words end in `squeezed` (exclusive)."""
        return tuple(accumulate(map(len, self.words)))

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where words begin in `squeezed`."""
        return frozenset((0, *self.ends[:-1]))

    def word_at(self, start: int) -> str:
        """The rest of the word that holds this offset of `squeezed`."""
        end = next((end for end in self.ends if end > start), start)
        return self.squeezed[start:end]
