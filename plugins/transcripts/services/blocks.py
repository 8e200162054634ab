"""The seam between the workflow and the form of the files: what is signed in a place, and what a whole file is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..record.layout import Layout, layouts, own
from ..rules.slots import Place
from ..xades import signing as xades
from ..xades.signing import Prepared
from .signers import Ready

MEDIA_TYPE = "application/xml"
_HEAD = 2000
"""Bytes in which a file has named its layout."""


def prepare(frozen: bytes, signatures: Mapping[Place, bytes], place: Place, signer: Ready, at: datetime) -> Prepared:
    """What a signer signs in a place of a file, byte by byte the same for the same arguments."""
    return xades.prepare(assembled(frozen, signatures), place, signer.certificate, at, layout_of(frozen))


def finish(prepared: Prepared, signature: bytes) -> bytes:
    """The signature as it stands in the file.

    Raises:
        ValueError: it is not right for what was prepared.
    """
    return xades.finish(prepared, signature)


def assembled(frozen: bytes, signatures: Mapping[Place, bytes]) -> bytes:
    """The file with the signatures that are there."""
    return xades.embed(frozen, signatures, layout_of(frozen)) if signatures else frozen


def layout_of(frozen: bytes) -> Layout:
    """The layout in which a file was written: it is signed in that one, also when new files have another."""
    head = frozen[:_HEAD]
    return next((one for name, one in layouts().items() if f">{name}<".encode() in head), own())


__all__ = ["MEDIA_TYPE", "Prepared", "assembled", "finish", "layout_of", "prepare"]
