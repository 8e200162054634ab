"""Which fields of the record are sensitive, and leaving out those that this reader may not see now.

Law 91/2025/QH15 and Decree 356/2025/ND-CP, article 4: health and ethnic group; policy groups tell as much.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.disclosure import disclose

FIELDS = MappingProxyType({"khuyettat": "health", "bhyt": "health", "doituongchinhsach": "policy", "dantoc": "origin"})
"""Class of data by field of the record."""
CLASSES = frozenset(FIELDS.values())
RECORD = _("Record of the pupil")


def shown(
    ctx: Context, learner_id: UUID, value: dict[str, Any], *, place: Message = RECORD, purpose: str | None = None
) -> tuple[dict[str, Any], frozenset[str]]:
    """The values that this reader may see now, which is written down; and the classes that stay closed.

    Args:
        value: canonical values of the pupil; the caller has checked who asks.
        purpose: stated here and now.

    Raises:
        Invalid: there is no such purpose.
    """
    closed = CLASSES - disclose(ctx, learner_id, CLASSES, place=place, purpose=purpose)
    return {name: held for name, held in value.items() if FIELDS.get(name) not in closed}, closed
