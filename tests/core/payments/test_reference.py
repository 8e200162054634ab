"""Our own payment references: form, check character, finding them in memos."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.payments.reference import ALPHABET, LENGTH, find_references, is_reference, make_reference

_PREFIXES = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=3, max_size=3)
_REFERENCES = st.builds(
    lambda prefix, seed: make_reference(prefix, random.Random(seed).randrange), _PREFIXES, st.integers()
)


def test_form() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("O0I1") & set(ALPHABET)
    reference = make_reference("TRG")
    assert re.fullmatch(r"TRG[A-Z0-9]{8}", reference)
    assert len(reference) == LENGTH
    assert is_reference(reference)


def test_known_values() -> None:
    """Written down once, so that the algorithm cannot change unseen: printed references must stay valid."""
    assert make_reference("TRG", lambda n: 0) == "TRGAAAAAAAF"
    assert make_reference("HPH", lambda n: n - 1) == "HPH9999999B"


@pytest.mark.parametrize("prefix", ["TR", "TRGA", "TR1", "TRO", "HOI", "trg", "ĐNG", ""])
def test_refused_prefixes(prefix: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        make_reference(prefix)


@given(_REFERENCES)
def test_every_substitution_is_detected(reference: str) -> None:
    for place, old in enumerate(reference):
        for new in ALPHABET:
            wrong = reference[:place] + new + reference[place + 1 :]
            assert is_reference(wrong) == (new == old)


@given(_REFERENCES)
def test_every_exchange_of_two_is_detected(reference: str) -> None:
    for first, second in combinations(range(LENGTH), 2):
        signs = list(reference)
        signs[first], signs[second] = signs[second], signs[first]
        wrong = "".join(signs)
        assert is_reference(wrong) == (wrong == reference)


@given(st.text(max_size=14))
def test_never_raises(text: str) -> None:
    if is_reference(text):
        assert text in find_references(text)
    find_references(text)


@given(_REFERENCES, st.sampled_from([" ", "-", ".", "  "]), st.integers(1, LENGTH - 1), st.booleans())
def test_found_in_what_people_type(reference: str, gap: str, cut: int, small: bool) -> None:
    typed = reference[:cut] + gap + reference[cut:]
    memo = f"Nộp tiền {typed.lower() if small else typed} cho bé"
    assert reference in find_references(memo)
    glued = f"noptien{reference}thang9"
    assert reference in find_references(glued, reference[:3])


def test_a_reference_of_an_older_system_has_no_check() -> None:
    assert not is_reference("TRGZHZ9HGEV")
