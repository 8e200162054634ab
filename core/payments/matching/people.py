"""Rules 3 and 4: pupils named in a memo by code, by name and class, by name; parents named as payers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .owners import Learner
from .text import Memo, squeeze, words_of

_DIGITS = re.compile(r"\d+")
_MIN_CODE = 6
"""A shorter code would be found in months, classes and house numbers."""
_BEFORE_PUPIL = frozenset({"CHO", "CON", "CHAU", "BE", "EM", "HS", "SINH", "TEN", "VA"})
_AFTER_PAYER = (
    "CHUYEN KHOAN",
    "CHUYEN TIEN",
    "CK",
    "NOP TIEN HOC CHO",
    "NOP TIEN CHO",
    "NOP CHO",
    "DONG TIEN CHO",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A name found in a memo: words from `start` to `end` (exclusive) and those who bear it."""

    name: str
    start: int
    end: int
    bearers: tuple[Learner, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Pupils found by name. `ambiguous`: a name is there that several bear, and nothing tells them apart."""

    learners: tuple[Learner, ...] = ()
    ambiguous: bool = False


class NameIndex:
    """Names by their words: a lookup for each place and number of words, whatever the number of names."""

    def __init__(self, names: Iterable[tuple[str, Learner]]) -> None:
        self._bearers: dict[str, dict[str, Learner]] = {}
        for name, learner in names:
            words = words_of(name)
            if len(words) > 1:
                self._bearers.setdefault(" ".join(words), {})[learner.key] = learner
        self._counts = sorted({name.count(" ") + 1 for name in self._bearers}, reverse=True)
        self._glued = {name.replace(" ", ""): name for name in self._bearers}
        self._glued_lengths = sorted({len(name) for name in self._glued}, reverse=True)

    def spans(self, memo: Memo) -> list[Span]:
        """Names in the memo; one that is part of a longer one does not count."""
        found: list[Span] = []
        covered = 0
        for start in range(len(memo.words) - 1):
            for count in self._counts:
                name = " ".join(memo.words[start : start + count])
                if start + count > covered and name in self._bearers and name.count(" ") == count - 1:
                    found.append(Span(name, start, start + count, tuple(self._bearers[name].values())))
                    covered = start + count
                    break
        return found or list(self._glued_spans(memo))

    def _glued_spans(self, memo: Memo) -> Iterator[Span]:
        """Names typed without blanks at the beginning of a word: NGUYENVANANLOP5B."""
        for start, word in enumerate(memo.words):
            for length in self._glued_lengths:
                name = self._glued.get(word[:length])
                rest = word[length:]
                if name and (not rest or rest[0].isdigit() or rest.startswith("LOP")):
                    yield Span(name, start, start + 1, tuple(self._bearers[name].values()))
                    break


class People:
    """The roll of the school, indexed for the rules."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        roll = list(learners)
        self._codes: dict[str, list[Learner]] = {}
        for learner in roll:
            if len(code := squeeze(learner.code)) >= _MIN_CODE:
                self._codes.setdefault(code, []).append(learner)
        self._names = NameIndex((learner.name, learner) for learner in roll)
        self._parents = NameIndex((name, learner) for learner in roll for name in learner.parents)

    def by_code(self, memo: Memo) -> tuple[Learner, ...]:
        """Pupils whose code stands in the memo as a whole word or a whole number, never as a part of one."""
        texts = dict.fromkeys((*memo.words, *(n for word in memo.words for n in _DIGITS.findall(word))))
        if not any(text in self._codes for text in texts):  # typed in groups: 2248 435 405
            texts = dict.fromkeys(_DIGITS.findall(memo.squeezed))
        found = {learner.key: learner for text in texts for learner in self._codes.get(text, ())}
        return tuple(found.values())

    def by_name_and_class(self, memo: Memo) -> Named:
        """Names whose bearer's class stands in the memo too, if only one of that class bears it."""
        classes = _classes(memo)
        found: dict[str, Learner] = {}
        ambiguous = False
        for span in self._pupil_spans(memo):
            fitting = [learner for learner in span.bearers if squeeze(learner.class_name) in classes]
            if len(fitting) == 1:
                found[fitting[0].key] = fitting[0]
            ambiguous |= len(fitting) > 1
        return Named(tuple(found.values()), ambiguous and not found)

    def by_name(self, memo: Memo) -> Named:
        """Names that only one pupil bears."""
        spans = self._pupil_spans(memo)
        found = {span.bearers[0].key: span.bearers[0] for span in spans if len(span.bearers) == 1}
        return Named(tuple(found.values()), bool(spans) and not found)

    def children_of_payer(self, memo: Memo, payer: str) -> tuple[Learner, ...]:
        """Pupils whose parent's name stands in the memo, or in the column of the payer."""
        spans = [span for span in self._parents.spans(memo) if not _is_marked(span, memo)]
        spans += self._parents.spans(Memo.of(payer))
        return tuple({learner.key: learner for span in spans for learner in span.bearers}.values())

    def _pupil_spans(self, memo: Memo) -> list[Span]:
        """Names of pupils, without those that stand there as payers.

        The payer comes first ("A chuyen tien cho con B"), so names before the first one that follows a word
        like "cho con" do not count; nor does a parent's name before "chuyen khoan", or a name after the
        payer's account number.
        """
        spans = self._names.spans(memo)
        first = next((place for place, span in enumerate(spans) if _is_marked(span, memo)), 0)
        return [span for span in spans[first:] if not self._is_payer(span, memo)]

    def _is_payer(self, span: Span, memo: Memo) -> bool:
        if _is_marked(span, memo):
            return False
        before = memo.words[max(0, span.start - 2) : span.start]
        if len(before) == 2 and before[0] == "TU" and before[1].isdigit():  # CT tu 0000123 NGUYEN VAN A toi ...
            return True
        after = " ".join(memo.words[span.end : span.end + 4]) + " "
        says_so = any(after.startswith(f"{phrase} ") for phrase in _AFTER_PAYER)
        return says_so and bool(self._parents.spans(Memo.of(span.name)))


def _is_marked(span: Span, memo: Memo) -> bool:
    """Whether the word before a name says that a pupil follows."""
    return span.start > 0 and memo.words[span.start - 1] in _BEFORE_PUPIL


def _classes(memo: Memo) -> frozenset[str]:
    """Everything in the memo that may be the name of a class: 5C, LOP5C, LOP 5 C, 6 A 1, ...HOALOP5C."""
    found = set(memo.words)
    for place, word in enumerate(memo.words):
        if "LOP" in word:
            found.add(word.rpartition("LOP")[2])
        if word.isdigit() and len(word) < 3:
            found.add("".join(memo.words[place : place + 2]))
            found.add("".join(memo.words[place : place + 3]))
            found.add("".join(memo.words[max(0, place - 1) : place + 1]))  # LA 2, CHOI 1
        if digit := _DIGITS.search(word):
            found.add(word[digit.start() :])  # NGUYENVANAN5C
    return frozenset(found)
