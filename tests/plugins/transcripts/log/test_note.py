"""Signed notes in the form of C2SP, against a note that another program signed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugins.transcripts.log.note import Checkpoint, NoteRefused, Verifier, checkpoint, opened, sign

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NAME, KEY = "hocba.test/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = Verifier(NAME, KEY.public_key().public_bytes_raw())
SAID = Checkpoint(NAME, 12, bytes(range(32)))
NOTE = sign(SAID.text, NAME, KEY)


def test_a_note_of_another_program() -> None:
    peter = Verifier.parse(PETER)
    assert str(peter) == PETER
    assert opened(f"{TEXT}\n{LINE}".encode(), peter) == TEXT


def test_a_checkpoint_goes_out_and_comes_back() -> None:
    assert checkpoint(NOTE, LOG) == SAID
    assert Verifier.parse(str(LOG)) == LOG
    witness = sign(SAID.text, "witness", Ed25519PrivateKey.generate()).split(b"\n\n")[1]
    assert checkpoint(NOTE + witness, LOG) == SAID, "others may sign beside"
    assert sign(SAID.text, NAME, KEY) == NOTE


@pytest.mark.parametrize(
    "note",
    [
        b"",
        SAID.text.encode(),
        NOTE.replace(b"\n12\n", b"\n13\n"),
        NOTE.replace(b"\n12\n", b"\n012\n"),
        NOTE[:-2] + b"\n",
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b"\n\n", b"\n"),
        NOTE + b"\xff",
        sign(SAID.text, NAME, Ed25519PrivateKey.generate()),
        sign(Checkpoint("other.test/log", 12, bytes(32)).text, NAME, KEY),
        sign(f"{NAME}\n12\n{'A' * 40}\n", NAME, KEY),
        sign(f"{NAME}\n-1\n", NAME, KEY),
        bytes(70000),
    ],
    ids=map(str, range(13)),
)
def test_notes_that_say_nothing(note: bytes) -> None:
    with pytest.raises(NoteRefused):
        checkpoint(note, LOG)


@pytest.mark.parametrize("text", ["", "name", "na me+00000000+AQ==", PETER.replace("c74f", "c74e"), PETER[:-4]])
def test_keys_that_are_none(text: str) -> None:
    with pytest.raises(NoteRefused):
        Verifier.parse(text)


def test_a_text_ends_with_its_line() -> None:
    with pytest.raises(ValueError, match="line break"):
        sign("no end", NAME, KEY)
