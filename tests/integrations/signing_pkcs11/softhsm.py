"""Real tokens of SoftHSM 2, in a folder of the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from tests.plugins.transcripts import pki

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "24681357"


def make_token(folder: Path, token: str, holders: dict[str, pki.Holder]) -> None:
    """A token with keys and certificates by label, and the certificates above them. `folder` is SoftHSM's."""
    words = ["--init-token", "--free", "--label", token, "--so-pin", "87654321", "--pin", PIN]
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, timeout=30)
    library = pkcs11.lib(MODULE)
    library.reinitialize()
    with library.get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        for label, holder in holders.items():
            curve = not isinstance(holder.key, rsa.RSAPrivateKey)
            form = PrivateFormat.TraditionalOpenSSL
            der = holder.key.private_bytes(Encoding.DER, form, NoEncryption())
            key = decode_ec_private_key(der) if curve else decode_rsa_private_key(der)
            session.create_object(
                {**key, Attribute.LABEL: label, Attribute.TOKEN: True, Attribute.PRIVATE: True, Attribute.SIGN: True}
            )
            named = [(label, holder.certificate), *((f"{label} above", one) for one in holder.chain)]
            for name, certificate in named:
                public = decode_x509_certificate(certificate.public_bytes(Encoding.DER))
                session.create_object(
                    {**public, Attribute.LABEL: name, Attribute.TOKEN: True, Attribute.PRIVATE: False}
                )


def configure(folder: Path) -> Path:
    """SoftHSM's configuration with its tokens in `folder`."""
    tokens = folder / "tokens"
    tokens.mkdir()
    file = folder / "softhsm2.conf"
    file.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n", "utf-8")
    return file
