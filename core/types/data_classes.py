"""Classes of personal data that a plugin may declare to hold.

Sensitive classes are those of Decree 356/2025/ND-CP, article 4, as they occur in a school system; the law on personal
data protection is 91/2025/QH15.
"""

from __future__ import annotations

from types import MappingProxyType

from .message import Message, _

PLAIN = MappingProxyType(
    {
        "identity": _("Names, codes, dates of birth, photos"),
        "contact": _("Phones, e-mail and postal addresses"),
        "address": _("Places of residence and origin"),
        "family": _("Relations between members of a family"),
        "policy": _("Policy groups with their evidence"),
        "employment": _("Contracts, qualifications and duties of staff"),
        "results": _("Marks, comments, attendance and conduct"),
        "reading": _("Loans and reading history"),
    }
)
SENSITIVE = MappingProxyType(
    {
        "health": _("Health checks, visits, disability, allergies"),
        "biometrics": _("Face, fingerprint and voice"),
        "documents": _("Images of identity papers"),
        "credentials": _("Passwords, tokens, signing keys"),
        "finance": _("Bills, payments and arrears"),
        "location": _("Where somebody is or was"),
        "behaviour": _("What somebody does online"),
        "origin": _("Ethnicity and religion"),
    }
)
DATA_CLASSES: MappingProxyType[str, Message] = MappingProxyType({**PLAIN, **SENSITIVE})
GUARDED = frozenset(SENSITIVE) - {"finance"} | {"policy"}
"""Classes that are read for a stated purpose only, each reading written down (`core.disclosure`).

Policy groups tell of poverty, disability and loss, so they are guarded like what article 4 names. Bills and payments
are not: who works with them works with nothing else, and permissions and the record of changes watch over them.
"""
