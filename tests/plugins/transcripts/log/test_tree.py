"""Merkle trees against the plain definition of RFC 9162, known roots, and changed proofs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.transcripts.log.growing import Kept
from plugins.transcripts.log.tree import EMPTY, Tree, is_consistent, is_included, leaf_hash, node_hash

INPUTS = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
INPUTS.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
sizes = st.one_of(st.integers(1, 40), st.integers(250, 520))


def plain(leaves: Sequence[bytes]) -> bytes:
    """The hash of a list as RFC 9162, 2.1.1 defines it."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(plain(leaves[:middle]), plain(leaves[middle:]))


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def grown(leaves: Sequence[bytes], *cuts: int) -> Kept:
    """A store that took the leaves over in several goes."""
    kept, edges = Kept(), [0, *sorted(cut for cut in cuts if cut < len(leaves)), len(leaves)]
    for low, high in pairwise(edges):
        kept.extend(leaves[low:high])
    return kept


def test_known_roots_of_certificate_transparency() -> None:
    kept = grown([leaf_hash(one) for one in INPUTS])
    assert Tree(0, kept).root() == EMPTY
    assert Tree(1, kept).root().hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert Tree(8, kept).root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(sizes, st.lists(st.integers(0, 520), max_size=4))
def test_however_it_grew_the_root_is_that_of_the_definition(size: int, cuts: list[int]) -> None:
    leaves = leaves_of(size)
    assert Tree(size, grown(leaves, *cuts)).root() == plain(leaves)


def test_every_leaf_is_proved_and_no_other_in_its_place() -> None:
    for size in (1, 2, 3, 7, 8, 9, 300):
        leaves = leaves_of(size)
        tree = Tree(size, grown(leaves))
        root = tree.root()
        for index in range(size):
            proof = tree.inclusion(index)
            assert is_included(leaves[index], index, size, proof, root)
            assert not is_included(leaf_hash(b"other"), index, size, proof, root)
            assert not is_included(leaves[index - 1], index, size, proof, root) or size == 1
            assert not is_included(leaves[index], index ^ 1, size, proof, root) or size == 1
            assert not is_included(leaves[index], index + size, size, proof, root)


@given(sizes, st.data())
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    tree = Tree(size, grown(leaves))
    root, index = tree.root(), data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index)
    place = data.draw(st.integers(0, len(proof)))
    assert not is_included(leaves[index], index, size, [*proof[:place], bytes(32), *proof[place:]], root)
    if proof:
        at = place % len(proof)
        changed = bytes([proof[at][0] ^ data.draw(st.integers(1, 255))]) + proof[at][1:]
        assert not is_included(leaves[index], index, size, [*proof[:at], changed, *proof[at + 1 :]], root)
        assert not is_included(leaves[index], index, size, proof[:at] + proof[at + 1 :], root)
        # Of another size only one whose path has the same turns could pass, and then its root is another.
        assert not is_included(leaves[index], index, size - 1, proof, Tree(size - 1, grown(leaves)).root())


@given(sizes, st.data())
def test_what_was_once_signed_stays_the_beginning(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(1, size))
    tree, before = Tree(size, grown(leaves)), plain(leaves[:first])
    proof, root = tree.consistency(first), tree.root()
    assert is_consistent(first, size, before, root, proof)
    rewritten = [leaf_hash(b"forged"), *leaves[1:]]
    assert not is_consistent(first, size, plain(rewritten[:first]), root, proof)
    forged = Tree(size, grown(rewritten))
    assert not is_consistent(first, size, before, forged.root(), forged.consistency(first))
    assert not is_consistent(first, size, before, root, [*proof, bytes(32)])
    if proof:
        assert not is_consistent(first, size, before, root, proof[:-1])


def test_proofs_that_cannot_be() -> None:
    tree = Tree(3, grown(leaves_of(3)))
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match="no entry"):
            tree.inclusion(wrong)
    for wrong in (0, 4):
        with pytest.raises(ValueError, match="no proof"):
            tree.consistency(wrong)
    assert not is_consistent(0, 3, EMPTY, tree.root(), []) and not is_consistent(2, 3, bytes(32), tree.root(), [])
