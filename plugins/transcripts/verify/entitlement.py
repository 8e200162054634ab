"""Who was entitled to sign what, and when: a list that the department or the school signs, judged without a database.

The file is a JSON Web Signature (RFC 7515, flattened, with `x5c`); the payload names the school and the entitlements.
Its signer must be pinned in the set `lists` of the anchors, or lead up to a certificate there.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from cryptography import x509

from core.sdk.signing import is_genuine

from ..rules.slots import Place, Role
from ..trust import chain
from ..trust.anchors import Anchors
from ..trust.unreadable import UNREADABLE

FORMAT = "truong-entitlements/1"


class ListRefused(ValueError):
    """Not a list that is believed. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One person (personal ID; the organisation's id for the seal) may sign in a role; both days count."""

    person: str
    name: str
    role: Role
    since: date
    until: date
    subject: str = ""
    """Code; empty for every subject, and where the role has none."""


@dataclass(frozen=True, slots=True)
class Entitlements:
    """A list that was believed."""

    school_code: str
    rows: tuple[Entitlement, ...]

    def fault(self, place: Place, person: str, name: str, day: date) -> str:
        """Name of what speaks against a signature: nothing, `not_entitled` or `name_differs`."""
        fitting = [one for one in self.rows if one.person == person and one.role is place.role]
        fitting = [one for one in fitting if one.since <= day <= one.until and one.subject in ("", place.subject)]
        if not fitting:
            return "not_entitled"
        return "" if any(one.name == name for one in fitting) else "name_differs"


def opened(file: bytes, anchors: Anchors, at: datetime) -> Entitlements:
    """A list from its file.

    Raises:
        ListRefused: not in this form, or signed by nobody who may.
    """
    try:
        outer = json.loads(file)
        header = json.loads(_decoded(outer["protected"]))
        ders = [base64.b64decode(one, validate=True) for one in header["x5c"]]
        leaf, *others = (x509.load_der_x509_certificate(one) for one in ders)
        digest = sha256(f"{outer['protected']}.{outer['payload']}".encode()).digest()
        genuine = header["alg"] in ("RS256", "ES256") and is_genuine(ders[0], digest, _decoded(outer["signature"]))
        payload = json.loads(_decoded(outer["payload"]))
        rows = tuple(_row(one) for one in payload["entitlements"])
        form, school = payload["format"], str(payload["school"])
    except (*UNREADABLE, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise ListRefused("not a list of entitlements") from error
    lists = Anchors({"lists": anchors.all("lists")} if "lists" in anchors.sets else {"none": ()})
    renamed = Anchors({"signing": lists.all()})
    if form != FORMAT or not genuine or isinstance(chain.path(leaf, others, renamed, at), str):
        raise ListRefused("the list is not signed by anybody who may")
    return Entitlements(school, rows)


def _row(row: Mapping[str, str]) -> Entitlement:
    days = date.fromisoformat(row["from"]), date.fromisoformat(row["until"])
    return Entitlement(row["person"], row["name"], Role(row["role"]), *days, row.get("subject", ""))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
