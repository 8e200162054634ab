"""One token by PKCS#11 (v2.40). A session lives for one call: what was pulled out and put back needs no restart.

Login counts for the whole process and each token, and re-initialising ends every session: one thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pkcs11
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute, CertificateType, KeyType, Mechanism, ObjectClass, PKCS11Error, SignMixin

from core.sdk.signing import Digest

PLACES = tuple(Path(place) for place in ("/usr/lib", "/usr/local/lib", "/opt", "/lib"))
"""Where modules may be: what is loaded runs as this program, so only the operator may put one there."""
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256 (RFC 8017, 9.2): the token is given a digest, not a document."""
_one_at_a_time = Lock()


class WrongPinError(Exception):
    """The token refuses the PIN."""


class LockedPinError(Exception):
    """The token takes no PIN any more."""


class NotThereError(Exception):
    """No module, token, or object of this name, or it was pulled out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key is: module, token, label of key and certificate."""

    module: str
    token: str
    label: str


@dataclass(slots=True)
class Signed:
    """What was signed; `broken` says why not all."""

    signatures: dict[str, bytes]
    broken: str = ""


def module_allowed(path: str) -> bool:
    """Whether a module is a file at a place that belongs to the operator, also behind links."""
    found = Path(path)
    if not found.is_absolute() or ".." in found.parts or not found.is_file():
        return False
    return all(any(one.is_relative_to(place) for place in PLACES) for one in (found, found.resolve()))


def read_chain(place: Place) -> tuple[bytes, ...]:
    """The certificate of the label and its issuers as far as they are on the token; public, so without a PIN.

    Raises:
        NotThereError
    """
    with _session(place) as session:
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509}
        found = [(str(one[Attribute.LABEL]), bytes(one[Attribute.VALUE])) for one in session.get_objects(wanted)]
    own = [der for label, der in found if label == place.label]
    if len(own) != 1:
        raise NotThereError("the token holds no certificate, or several, of this label")
    chain, left = [x509.load_der_x509_certificate(own[0])], [x509.load_der_x509_certificate(der) for _l, der in found]
    left.remove(chain[0])
    while issuer := next((one for one in left if _issued(chain[-1], one)), None):
        chain.append(issuer)
        left.remove(issuer)
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def sign(place: Place, pin: str, digests: Sequence[Digest]) -> Signed:
    """Sign SHA-256 digests by one login: PKCS #1 v1.5, or r and s side by side.

    What was signed before a token was pulled out is returned.

    Raises:
        WrongPinError, LockedPinError, NotThereError
    """
    signed = Signed({})
    with _session(place, pin) as session:
        try:
            key = session.get_key(ObjectClass.PRIVATE_KEY, label=place.label)
            if not isinstance(key, SignMixin):
                raise NotThereError("the key does not sign")
            rsa = key.key_type is KeyType.RSA
            for one in digests:
                data = _SHA256_INFO + one.digest if rsa else one.digest
                signed.signatures[one.document_id] = key.sign(
                    data, mechanism=Mechanism.RSA_PKCS if rsa else Mechanism.ECDSA
                )
        except PKCS11Error as error:
            signed.broken = type(error).__name__
    return signed


@contextmanager
def _session(place: Place, pin: str | None = None) -> Iterator[pkcs11.Session]:
    with _one_at_a_time:
        try:
            session = _find(place).open(user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.ArgumentsBad):
            raise WrongPinError from None
        except (pkcs11.PinLocked, pkcs11.PinExpired):
            raise LockedPinError from None
        except PKCS11Error as error:
            raise NotThereError(f"the token does not open: {type(error).__name__}") from None
        try:
            yield session
        finally:
            _close(session)


def _close(session: pkcs11.Session) -> None:
    try:
        session.close()
    except PKCS11Error:
        return  # the token is gone, and the session with it


def _find(place: Place) -> pkcs11.Token:
    if not module_allowed(place.module):
        raise NotThereError("the module is not where modules may be")
    try:
        library = pkcs11.lib(place.module)
    except (PKCS11Error, OSError, RuntimeError):
        raise NotThereError("the module cannot be loaded") from None
    try:
        return library.get_token(token_label=place.token)
    except PKCS11Error:
        # Modules list tokens at their start: one that was put in since is seen after a new start.
        library.reinitialize()
        return library.get_token(token_label=place.token)


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
