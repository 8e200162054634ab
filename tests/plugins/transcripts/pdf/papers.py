"""Sealed papers, made once in a process."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from plugins.transcripts.pdf.checking import check
from plugins.transcripts.pdf.drawing import draw
from plugins.transcripts.pdf.seal import finish, prepare
from plugins.transcripts.verify.verdict import Verdict
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import samples


@cache
def drawn() -> bytes:
    """A usual year, not yet sealed."""
    return draw(samples.signed(samples.secondary()), samples.LINK)


@cache
def sealed(*, stamped: bool = True) -> bytes:
    """The same, sealed by the school."""
    return seal(drawn(), stamped=stamped)


def seal(paper: bytes, by: pki.Holder | None = None, *, at: datetime = pki.NOW, stamped: bool = True) -> bytes:
    """A paper with a seal."""
    holder = by or pki.organisation()
    prepared = prepare(paper, holder.certificate, holder.chain[:1], at)
    signature = sign(holder, prepared.digest)
    return finish(prepared, signature, pki.timestamp(prepared.imprint(signature), at) if stamped else b"")


def sign(holder: pki.Holder, digest: bytes) -> bytes:
    """What a key far away answers to a digest."""
    if isinstance(holder.key, rsa.RSAPrivateKey):
        return holder.key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
    r, s = decode_dss_signature(holder.key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def codes(data: bytes, *, at: datetime = pki.NOW) -> list[str]:
    """The findings; the record inside counts as good, others look at it."""
    return [one.code for one in verdict(data, at=at).findings]


def verdict(data: bytes, *, at: datetime = pki.NOW) -> Verdict:
    return check(data, pki.anchors(), at, lambda _xml: Verdict(()))
